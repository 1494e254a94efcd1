<#
.SYNOPSIS
Brings what Terraform cannot say to one vCenter; without -Apply it only shows what it would do.

.DESCRIPTION
Reads <vcenter>/supervisor/requests.json beside this folder and does what apply.py does, by the same
rules. Connect first (Connect-VIServer), and set VSPHERE_SERVER, VSPHERE_USER and VSPHERE_PASSWORD.

.EXAMPLE
apply/apply.ps1 -Vcenter vc-ams1 -Apply -Only vm-class

.EXAMPLE
apply/apply.ps1 -Vcenter vc-ams1 -Rollback JOURNAL -Apply -ChangeId CHG0043
#>
#Requires -Version 7.4
#Requires -Modules VMware.VimAutomation.Core, VMware.VimAutomation.Storage
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string]$Vcenter,
    [switch]$Apply,
    [ValidateSet('storage-policy', 'zone', 'tag-attachment', 'policy-match', 'direct-path-profile', 'vm-class', 'namespace', 'namespace-share', 'access')]
    [string[]]$Only = @(),
    [string]$ChangeId = '',
    [int]$MaxChanges = 25,
    [switch]$BreakLock,
    [string]$Rollback = ''
)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

. (Join-Path $PSScriptRoot 'session.ps1')
. (Join-Path $PSScriptRoot 'windows.ps1')
. (Join-Path $PSScriptRoot 'claim.ps1')
. (Join-Path $PSScriptRoot 'kinds.ps1')
. (Join-Path $PSScriptRoot 'policies.ps1')
. (Join-Path $PSScriptRoot 'direct_path.ps1')
. (Join-Path $PSScriptRoot 'tenancy.ps1')

$folder = Join-Path (Split-Path -Parent $PSScriptRoot) $Vcenter 'supervisor'
$wanted = Read-Document (Join-Path $folder 'requests.json')

# Every request of the chosen kinds with its body.
function Get-Operation {
    $policies = Join-Path (Split-Path -Parent $folder) 'storage' 'policies'
    $made = @(Read-PolicyRequest $policies $wanted['vcenter']['reach'])
    if ($Only.Count -eq 0 -or $Only -ccontains 'storage-policy') { $made }
    $script:madeHere = @($made | ForEach-Object { $_['request']['name'] })
    foreach ($request in $wanted['requests']) {
        if ($Only.Count -gt 0 -and $Only -cnotcontains $request['kind']) { continue }
        @{ request = $request; body = Read-Document (Join-Path $folder $request['body']) }
    }
}

function Get-Label($Operation) { "$($Operation['request']['kind']) $($Operation['request']['name'])" }

# What is to be changed, after every precondition of all.
function Get-Change($Operations) {
    $missing = @($Operations | ForEach-Object { Get-Missing $_['request'] $_['body'] })
    if ($missing.Count -gt 0) { throw ($missing -join '; ') }
    foreach ($each in $Operations) {
        $now = Get-State $each['request'] $each['body']
        $goal = Get-Goal $each['request'] $each['body'] $now
        if ((ConvertTo-Text $now) -cne (ConvertTo-Text $goal)) { $each + @{ now = $now; goal = $goal } }
    }
}

# What a journal says is to be taken back, last first; what somebody changed since stops it.
function Get-Return {
    foreach ($intent in Read-Journal $Rollback $wanted['vcenter']['instance_uuid']) {
        $now = Get-State $intent['request'] $intent['body']
        if ((ConvertTo-Text $now) -ceq (ConvertTo-Text $intent['before'])) { continue }
        if ($intent['done'] -and -not (Test-Still $now $intent['after'])) {
            throw "$(Get-Label $intent) was changed since: take it back by hand"
        }
        $intent + @{ now = $now }
    }
}

# Whether what the run left is still there; sets may have got more from others.
function Test-Still($Now, $After) {
    if ($Now -is [Collections.IDictionary] -and $After -is [Collections.IDictionary]) {
        foreach ($key in $After.Keys) {
            if (-not $Now.Contains($key) -or -not (Test-Still $Now[$key] $After[$key])) { return $false }
        }
        return $true
    }
    if ($Now -is [Collections.IList] -and $After -is [Collections.IList]) {
        $there = @($Now | ForEach-Object { ConvertTo-Text $_ })
        return @($After | Where-Object { $there -cnotcontains (ConvertTo-Text $_) }).Count -eq 0
    }
    (ConvertTo-Text $Now) -ceq (ConvertTo-Text $After)
}

# Refuses what is too much or at the wrong time (F22).
function Assert-Allowed($Operations) {
    if ($Operations.Count -gt $MaxChanges) { throw "$($Operations.Count) changes are more than -MaxChanges $MaxChanges" }
    if ($ChangeId -cne '') { return }
    foreach ($each in $Operations) {
        $reason = Get-Objection $wanted['governance'] $each['request']['reach'] ([datetimeoffset]::UtcNow)
        if ($reason -cne '') { throw "$(Get-Label $each): $reason; -ChangeId overrides" }
    }
}

function Write-Change($Changes, [string]$Journal) {
    $number = 0
    foreach ($each in $Changes) {
        $request, $body = $each['request'], $each['body']
        $before = Get-State $request $body
        if ((ConvertTo-Text $before) -cne (ConvertTo-Text $each['now'])) {
            throw "$(Get-Label $each) was changed by somebody else in between: run again"
        }
        Add-Event $Journal @{ event = 'intent'; number = $number; request = $request; body = $body; before = $before; wanted = $each['goal'] }
        Set-State $request $body $before
        $after = Get-State $request $body
        if ($null -eq $after -or (ConvertTo-Text $after) -cne (ConvertTo-Text (Get-Goal $request $body $after))) {
            throw "$(Get-Label $each) was written and does not read as written"
        }
        Add-Event $Journal @{ event = 'done'; number = $number; after = $after }
        Write-Output "done $(Get-Label $each)"
        $number++
    }
}

function Write-Return($Changes, [string]$Journal) {
    $number = 0
    foreach ($each in $Changes) {
        Add-Event $Journal @{ event = 'intent'; number = $number; request = $each['request']; before = $each['now'] }
        $left = if ($each['done']) { $each['after'] } else { $each['wanted'] }
        Undo-State $each['request'] $each['body'] $each['before'] $left
        Add-Event $Journal @{ event = 'done'; number = $number; after = Get-State $each['request'] $each['body'] }
        Write-Output "taken back $(Get-Label $each)"
        $number++
    }
}

function Get-AllFault($Operations) { @($Operations | ForEach-Object { Get-Fault $_['request'] $_['body'] }) }

function Invoke-Run([string]$State) {
    $operations = @(if ($Rollback -ceq '') { Get-Operation })
    $changes = @(if ($Rollback -ceq '') { Get-Change $operations } else { Get-Return })
    foreach ($each in $changes) { Write-Output "to change: $(Get-Label $each)" }
    Write-Output "$($changes.Count) to change"
    if (-not $Apply -or $changes.Count -eq 0) {
        $faults = @(Get-AllFault $operations)
        if ($faults.Count -gt 0 -and $changes.Count -eq 0) { throw ($faults -join '; ') }
        foreach ($fault in $faults) { Write-Output "not yet: $fault" }
        $script:pending = $changes.Count -gt 0
        return
    }
    Assert-Allowed $changes
    $release = [string]$wanted['release']
    $lock = Enter-VcenterLock $State $release $BreakLock.IsPresent
    try {
        $about = @{ vcenter = $wanted['vcenter']['instance_uuid']; release = $release; change_id = $ChangeId; rollback = $Rollback }
        $journal = New-Journal $State $about
        Write-Output "journal: $journal"
        if ($Rollback -cne '') { Write-Return $changes $journal; return }
        Write-Change $changes $journal
        $faults = @(Get-AllFault $operations)
        Add-Event $journal @{ event = 'verified'; faults = $faults }
        if ($faults.Count -gt 0) { throw ($faults -join '; ') }
    } finally { Exit-VcenterLock $lock }
}

$script:pending = $false
Assert-SameVcenter $wanted['vcenter']['instance_uuid']
$state = Get-StateFolder $wanted['vcenter']['instance_uuid']
$local = Enter-LocalLock $state
try {
    Open-Session
    try { Invoke-Run $state } finally { Close-Session }
} finally { $local.Dispose() }
if ($script:pending) { exit 3 }
