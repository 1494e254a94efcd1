# A session with one vCenter by REST, and comparing what it answers. Dot-sourced by apply.ps1.

$script:session = ''

# Refuses any vCenter but the one that the inventory states.
function Assert-SameVcenter([string]$Stated) {
    $servers = @($global:DefaultVIServers)
    if ($servers.Count -ne 1) { throw 'connect to the one vCenter first: Connect-VIServer' }
    if ($Stated -ceq '') { throw 'the inventory states no instance_uuid: this may be any vCenter' }
    if ($servers[0].InstanceUuid -ne $Stated) {
        throw "this vCenter is $($servers[0].InstanceUuid), the inventory means $Stated"
    }
}

function Open-Session {
    $pair = [Text.Encoding]::UTF8.GetBytes("$($env:VSPHERE_USER):$($env:VSPHERE_PASSWORD)")
    $login = @{ Authorization = "Basic $([Convert]::ToBase64String($pair))" }
    $uri = "https://$($env:VSPHERE_SERVER)/api/session"
    $script:session = Invoke-RestMethod -Method POST -Headers $login -Uri $uri -MaximumRedirection 0
}

function Close-Session {
    if ($script:session -ne '') { $null = Invoke-Rest 'DELETE' '/api/session' }
    $script:session = ''
}

# The decoded answer, as hash tables and arrays; $null where it is empty.
function Invoke-Rest([string]$Method, [string]$Path, $Body = $null) {
    $call = @{
        Method = $Method
        Uri = "https://$($env:VSPHERE_SERVER)$Path"
        Headers = @{ 'vmware-api-session-id' = $script:session }
        ContentType = 'application/json'
        MaximumRedirection = 0
    }
    if ($null -ne $Body) { $call['Body'] = ConvertTo-Json -InputObject $Body -Depth 64 -Compress }
    $text = [string](Invoke-WebRequest @call).Content
    if ([string]::IsNullOrWhiteSpace($text)) { return $null }
    Write-Output -NoEnumerate (ConvertFrom-Json -InputObject $text -AsHashtable -NoEnumerate)
}

# What is at a path; $null where nothing is.
function Read-Rest([string]$Path) {
    try { Write-Output -NoEnumerate (Invoke-Rest 'GET' $Path) }
    catch [Microsoft.PowerShell.Commands.HttpResponseException] {
        if ([int]$_.Exception.Response.StatusCode -ne 404) { throw }
        $null
    }
}

# Whether a request was refused because the name is taken.
function Test-NameTaken($Failure) {
    $kinds = "$($Failure.ErrorDetails) $($Failure.Exception.Message)"
    $kinds -match 'ALREADY_EXISTS'
}

function ConvertTo-PathPart([string]$Text) { [uri]::EscapeDataString($Text) }

function Read-Document([string]$Path) {
    $text = Get-Content -Raw -LiteralPath $Path
    Write-Output -NoEnumerate (ConvertFrom-Json -InputObject $text -AsHashtable -NoEnumerate)
}

# The same content always gives the same text: keys in order.
function ConvertTo-Ordered($Value) {
    if ($Value -is [Collections.IDictionary]) {
        $made = [ordered]@{}
        foreach ($key in ($Value.Keys | Sort-Object -CaseSensitive)) {
            $made[$key] = ConvertTo-Ordered $Value[$key]
        }
        return $made
    }
    if ($Value -is [Collections.IList]) {
        $items = [Collections.Generic.List[object]]::new()
        foreach ($each in $Value) { $items.Add((ConvertTo-Ordered $each)) }
        return , $items.ToArray()
    }
    $Value
}

function ConvertTo-Text($State) {
    if ($null -eq $State) { return '' }
    ConvertTo-Json -InputObject (ConvertTo-Ordered $State) -Depth 64 -Compress
}

# Whether all that is wanted is found; vCenter may add defaults of its own.
function Test-Within($Wanted, $Found) {
    if ($Wanted -is [Collections.IDictionary]) {
        if ($Found -isnot [Collections.IDictionary]) { return $false }
        foreach ($key in $Wanted.Keys) {
            if (-not $Found.Contains($key)) { return $false }
            if (-not (Test-Within $Wanted[$key] $Found[$key])) { return $false }
        }
        return $true
    }
    if ($Wanted -is [Collections.IList]) {
        if ($Found -isnot [Collections.IList] -or $Wanted.Count -ne $Found.Count) { return $false }
        for ($at = 0; $at -lt $Wanted.Count; $at++) {
            if (-not (Test-Within $Wanted[$at] $Found[$at])) { return $false }
        }
        return $true
    }
    $Wanted -ceq $Found
}
