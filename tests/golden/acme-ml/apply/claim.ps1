# The locks and the journal, in the folder that apply.py uses too: the local lock keeps both apart.

$script:tagging = '/api/cis/tagging'

# Where lock and journals of one vCenter are; made for its owner alone.
function Get-StateFolder([string]$InstanceUuid) {
    $root = $env:XDG_STATE_HOME
    if (-not $root) { $root = Join-Path $HOME '.local' 'state' }
    $folder = Join-Path $root 'mlgen' $InstanceUuid
    $null = New-Item -ItemType Directory -Force -Path $folder
    Protect-Path $folder
    $folder
}

# For its owner alone, where the system knows modes; elsewhere the home folder is.
function Protect-Path([string]$Path) {
    if ($IsWindows) { return }
    $mode = if (Test-Path -LiteralPath $Path -PathType Container) { 'UserRead, UserWrite, UserExecute' } else { 'UserRead, UserWrite' }
    [IO.File]::SetUnixFileMode($Path, $mode)
}

# One run at a time. The system lets go of the lock when a run dies, however it dies.
function Enter-LocalLock([string]$Folder) {
    $path = Join-Path $Folder 'lock'
    try { [IO.File]::Open($path, 'OpenOrCreate', 'ReadWrite', 'None') }
    catch [IO.IOException] { throw "another run holds $path" }
}

function Get-Owner([string]$Folder) {
    $path = Join-Path $Folder 'owner'
    if (-not (Test-Path -LiteralPath $path)) {
        Set-Content -NoNewline -LiteralPath $path -Value ([guid]::NewGuid().ToString('N'))
        Protect-Path $path
    }
    (Get-Content -Raw -LiteralPath $path).Trim()
}

# The lock that other machines see: vCenter lets only one tag of a category have a name.
function Enter-VcenterLock([string]$Folder, [string]$Release, [bool]$Force) {
    $category = Find-Tagged 'category' (Read-Rest "$($script:tagging)/category") 'mlgen-lock'
    if ($null -eq $category) {
        $spec = @{ name = 'mlgen-lock'; description = 'mlgen: who holds its tag may write'; cardinality = 'MULTIPLE'; associable_types = @() }
        $category = @{ id = Invoke-Rest 'POST' "$($script:tagging)/category" $spec }
    }
    $owner = Get-Owner $Folder
    $who = "$([Environment]::UserName)@$([Environment]::MachineName) since $([datetime]::UtcNow.ToString('s'))+00:00"
    $spec = @{ category_id = $category['id']; name = 'apply'; description = "$who for $Release; owner $owner" }
    try { return Invoke-Rest 'POST' "$($script:tagging)/tag" $spec }
    catch { if (-not (Test-NameTaken $_)) { throw } }
    $listed = Invoke-Rest 'POST' "$($script:tagging)/tag?action=list-tags-for-category" @{ category_id = $category['id'] }
    $former = Find-Tagged 'tag' $listed 'apply'
    if ($null -ne $former) {
        $mine = $former['description'].EndsWith("owner $owner", [StringComparison]::Ordinal)
        if (-not ($mine -or $Force)) {
            throw "locked by $($former['description']); if that run is dead: -BreakLock"
        }
        Exit-VcenterLock $former['id']
    }
    Invoke-Rest 'POST' "$($script:tagging)/tag" $spec
}

function Exit-VcenterLock([string]$Tag) {
    $null = Invoke-Rest 'DELETE' "$($script:tagging)/tag/$(ConvertTo-PathPart $Tag)"
}

function Find-Tagged([string]$Kind, $Ids, [string]$Name) {
    foreach ($id in $Ids) {
        $found = Read-Rest "$($script:tagging)/$Kind/$(ConvertTo-PathPart $id)"
        if ($null -ne $found -and $found['name'] -ceq $Name) { $found['id'] = $id; return $found }
    }
    $null
}

function New-Journal([string]$Folder, $About) {
    $path = Join-Path $Folder "journal-ps-$([datetime]::UtcNow.ToString('yyyyMMddTHHmmssfff'))Z-$PID.jsonl"
    $null = New-Item -ItemType File -Path $path
    Protect-Path $path
    Add-Event $path (@{ event = 'run-ps' } + $About)
    $path
}

# One line, on the disk before the next step.
function Add-Event([string]$Path, $Line) {
    $text = (ConvertTo-Text $Line) + "`n"
    $bytes = [Text.UTF8Encoding]::new($false).GetBytes($text)
    $file = [IO.File]::Open($Path, 'Append', 'Write', 'Read')
    try {
        $file.Write($bytes, 0, $bytes.Length)
        $file.Flush($true)
    } finally { $file.Dispose() }
}

# The intents of a run against the vCenter, last first, each with what was left by it.
function Read-Journal([string]$Path, [string]$InstanceUuid) {
    $lines = @(foreach ($line in Get-Content -LiteralPath $Path) {
        try { ConvertFrom-Json -InputObject $line -AsHashtable } catch { break }
    })
    if ($lines.Count -eq 0 -or $lines[0]['event'] -cne 'run-ps') {
        throw "$Path is no journal of this script"
    }
    if ($lines[0]['vcenter'] -cne $InstanceUuid) { throw 'that journal is of another vCenter' }
    if ($lines[0]['rollback']) { throw 'that journal is of a rollback: to go forward again, apply again' }
    $done = @{}
    foreach ($line in $lines) { if ($line['event'] -ceq 'done') { $done[$line['number']] = $line['after'] } }
    $intents = @(foreach ($line in $lines) {
        if ($line['event'] -cne 'intent') { continue }
        $line['done'] = $done.ContainsKey($line['number'])
        $line['after'] = $done[$line['number']]
        $line
    })
    [array]::Reverse($intents)
    $intents
}
