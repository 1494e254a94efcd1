<#
.SYNOPSIS
Brings what Terraform cannot say to one vCenter; without -Apply it only shows what it would do.

.DESCRIPTION
Reads <vcenter>/supervisor/requests.json beside this folder and does its VM classes, zones, tags on
datastores and rights of groups. Lists of adopted namespaces are merged by apply.py only.
Connect first: Connect-VIServer, and set VSPHERE_SERVER, VSPHERE_USER and VSPHERE_PASSWORD.
Windows are judged by apply.py only: -Apply here always wants a change id.
#>
#Requires -Version 7.2
#Requires -Modules VMware.VimAutomation.Core
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string]$Vcenter,
    [switch]$Apply,
    [string]$ChangeId = '',
    [int]$MaxChanges = 25,
    [string]$Rollback = ''
)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$root = Split-Path -Parent $PSScriptRoot
$folder = Join-Path $root $Vcenter 'supervisor'
$wanted = Get-Content -Raw -LiteralPath (Join-Path $folder 'requests.json') | ConvertFrom-Json
$kinds = 'vm-class', 'zone', 'tag-attachment', 'access'
$script:session = ''

function Invoke-Rest([string]$Method, [string]$Path, [string]$Body = '') {
    $call = @{
        Method = $Method
        Uri = "https://$($env:VSPHERE_SERVER)$Path"
        Headers = @{ 'vmware-api-session-id' = $script:session }
        ContentType = 'application/json'
        MaximumRedirection = 0
    }
    if ($Body -ne '') { $call['Body'] = $Body }
    Invoke-RestMethod @call
}

function Read-Rest([string]$Path) {
    try { Invoke-Rest 'GET' $Path } catch {
        $answer = $_.Exception.PSObject.Properties['Response']
        if ($answer -and $answer.Value -and [int]$answer.Value.StatusCode -eq 404) { return $null }
        throw
    }
}

function Get-AccessPath($Body) {
    $part = { param($text) [uri]::EscapeDataString($text) }
    $place = "/api/vcenter/namespaces/instances/$(& $part $Body.namespace)/access"
    "$place/$(& $part $Body.domain)/$(& $part $Body.subject)?type=$(& $part $Body.subject_type)"
}

function Get-Assignment($Body) {
    $tag = Get-Tag -Name $Body.tag -Category $Body.category
    $datastore = Get-Datastore -Name $Body.datastore
    Get-TagAssignment -Entity $datastore | Where-Object { $_.Tag.Id -eq $tag.Id }
}

# What is there: $null where nothing is, else text that says what.
function Get-State($Request, $Body) {
    switch ($Request.kind) {
        'vm-class' {
            $found = Read-Rest "$($Request.path)/$([uri]::EscapeDataString($Body.id))"
            if ($null -eq $found) { return $null }
            $same = $found.cpu_count -eq $Body.cpu_count -and $found.memory_MB -eq $Body.memory_MB
            if (-not $same -or $found.description -cne $Body.description) {
                throw "VM class $($Body.id) is there with other content; a class is never changed"
            }
            return 'made'
        }
        'zone' {
            $path = "$($Request.path)/$([uri]::EscapeDataString($Body.zone))"
            if ($null -eq (Read-Rest $path)) { return $null }
            return 'made'
        }
        'tag-attachment' {
            if (@(Get-Assignment $Body).Count -eq 0) { return $null }
            return 'made'
        }
        'access' {
            $found = Read-Rest (Get-AccessPath $Body)
            if ($null -eq $found) { return $null }
            return [string]$found.role
        }
    }
}

function Get-Goal($Request, $Body) {
    if ($Request.kind -eq 'access') { return [string]$Body.role }
    'made'
}

function Set-State($Request, $Body, $Before) {
    $text = ConvertTo-Json -InputObject $Body -Depth 64 -Compress
    switch ($Request.kind) {
        'vm-class' { $null = Invoke-Rest 'POST' $Request.path $text }
        'zone' {
            $spec = @{ zone = $Body.zone; description = $Body.description }
            $null = Invoke-Rest 'POST' $Request.path (ConvertTo-Json $spec)
            $ids = @($Body.clusters | ForEach-Object { (Get-Cluster -Name $_).ExtensionData.MoRef.Value })
            $place = "$($Request.path)/cluster/$([uri]::EscapeDataString($Body.zone))/associations"
            $null = Invoke-Rest 'POST' "$($place)?action=add" (ConvertTo-Json -InputObject $ids)
        }
        'tag-attachment' {
            $tag = Get-Tag -Name $Body.tag -Category $Body.category
            $null = New-TagAssignment -Tag $tag -Entity (Get-Datastore -Name $Body.datastore)
        }
        'access' {
            $method = if ($null -eq $Before) { 'POST' } else { 'PUT' }
            $role = ConvertTo-Json @{ role = $Body.role }
            $null = Invoke-Rest $method (Get-AccessPath $Body) $role
        }
    }
}

function Undo-State($Request, $Body, $Before) {
    switch ($Request.kind) {
        'vm-class' {
            $path = "$($Request.path)/$([uri]::EscapeDataString($Body.id))"
            $found = Read-Rest $path
            if (@($found.namespaces).Count -gt 0 -or @($found.vms).Count -gt 0) {
                throw "VM class $($Body.id) is in use"
            }
            $null = Invoke-Rest 'DELETE' $path
        }
        'zone' { throw "zone $($Body.zone): take it back by apply.py or by hand" }
        'tag-attachment' { Get-Assignment $Body | Remove-TagAssignment -Confirm:$false }
        'access' {
            if ($null -eq $Before) {
                $null = Invoke-Rest 'DELETE' (Get-AccessPath $Body)
            } else {
                $null = Invoke-Rest 'PUT' (Get-AccessPath $Body) (ConvertTo-Json @{ role = $Before })
            }
        }
    }
}

function Get-Todo {
    if ($Rollback -ne '') {
        $lines = @(Get-Content -LiteralPath $Rollback | ForEach-Object { $_ | ConvertFrom-Json })
        [array]::Reverse($lines)
        foreach ($line in $lines) {
            $now = Get-State $line.request $line.body
            if ($now -ceq $line.before) { continue }
            if ($now -cne $line.goal) { throw "$($line.request.name) was changed since" }
            [pscustomobject]@{ Request = $line.request; Body = $line.body; Now = $now; Before = $line.before }
        }
        return
    }
    foreach ($request in $wanted.requests | Where-Object { $_.kind -in $kinds }) {
        $file = Join-Path $folder $request.body
        $body = Get-Content -Raw -LiteralPath $file | ConvertFrom-Json
        $now = Get-State $request $body
        if ($now -ceq (Get-Goal $request $body)) { continue }
        [pscustomobject]@{ Request = $request; Body = $body; Now = $now; Before = $now }
    }
}

$server = @($global:DefaultVIServers)
if ($server.Count -ne 1) { throw 'Connect to the one vCenter first: Connect-VIServer' }
if (-not $wanted.vcenter.instance_uuid) { throw 'The inventory states no instance_uuid' }
if ($server[0].InstanceUuid -ne $wanted.vcenter.instance_uuid) {
    throw "This vCenter is $($server[0].InstanceUuid), the inventory means another"
}
$pair = [Text.Encoding]::UTF8.GetBytes("$($env:VSPHERE_USER):$($env:VSPHERE_PASSWORD)")
$login = @{ Authorization = "Basic $([Convert]::ToBase64String($pair))" }
$script:session = Invoke-RestMethod -Method POST -Headers $login -Uri "https://$($env:VSPHERE_SERVER)/api/session"
try {
    $todo = @(Get-Todo)
    foreach ($each in $todo) { Write-Output "to change: $($each.Request.kind) $($each.Request.name)" }
    Write-Output "$($todo.Count) to change"
    if (-not $Apply -or $todo.Count -eq 0) { return }
    if ($todo.Count -gt $MaxChanges) { throw "more than -MaxChanges $MaxChanges" }
    if ($ChangeId -eq '') { throw 'give -ChangeId' }
    $journal = Join-Path $HOME "mlgen-$($Vcenter)-$(Get-Date -Format 'yyyyMMddTHHmmssfff').jsonl"
    foreach ($each in $todo) {
        $now = Get-State $each.Request $each.Body
        if ($now -cne $each.Now) { throw "$($each.Request.name) was changed in between" }
        $goal = if ($Rollback -ne '') { $each.Before } else { Get-Goal $each.Request $each.Body }
        $line = @{ request = $each.Request; body = $each.Body; before = $now; goal = $goal }
        ConvertTo-Json -InputObject $line -Depth 64 -Compress | Add-Content -LiteralPath $journal
        if ($Rollback -ne '') {
            Undo-State $each.Request $each.Body $each.Before
        } else {
            Set-State $each.Request $each.Body $now
        }
        $after = Get-State $each.Request $each.Body
        if ($after -cne $goal) { throw "$($each.Request.name) does not read as written" }
        Write-Output "done: $($each.Request.kind) $($each.Request.name)"
    }
    Write-Output "journal: $journal"
} finally {
    $null = Invoke-Rest 'DELETE' '/api/session'
}
