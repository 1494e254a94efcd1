<#
.SYNOPSIS
Sets the GPU settings of one vCenter; without -Apply it only shows what it would do.

.DESCRIPTION
Reads settings.json beside it and does those whose actor is `script`. A second run changes nothing.
It neither enters maintenance mode nor restarts a host: it leaves a host alone that is not in
maintenance mode or whose GPUs a VM holds, and says what still needs a restart. What takes a shell
on the host (MIG mode, ECC, the driver) is in checklist.md. Connect first (Connect-VIServer), and
set VSPHERE_SERVER, VSPHERE_USER and VSPHERE_PASSWORD.

.EXAMPLE
gpu/apply.ps1 -Apply -Only esx-01

.EXAMPLE
gpu/apply.ps1 -Rollback JOURNAL -Apply -ChangeId CHG0043
#>
#Requires -Version 7.4
#Requires -Modules VMware.VimAutomation.Core
[CmdletBinding()]
param(
    [switch]$Apply,
    [string[]]$Only = @(),
    [string]$ChangeId = '',
    [int]$MaxChanges = 25,
    [switch]$BreakLock,
    [string]$Rollback = ''
)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$parts = Join-Path (Split-Path -Parent (Split-Path -Parent $PSScriptRoot)) 'apply'
. (Join-Path $parts 'session.ps1')
. (Join-Path $parts 'windows.ps1')
. (Join-Path $parts 'claim.ps1')

$wanted = Read-Document (Join-Path (Split-Path -Parent $PSScriptRoot) 'supervisor' 'requests.json')
$settings = Read-Document (Join-Path $PSScriptRoot 'settings.json')

function Get-Label($Step) {
    $where = @($Step['cluster'], $Step['host'], $Step['device'] | Where-Object { $_ })
    "$(if ($where.Count -gt 0) { $where -join '/' } else { 'vCenter' }): $($Step['setting'])"
}

# The one object of a kind that has a name.
function Get-Single([string]$Kind, $Found, [string]$Name) {
    $fitting = @($Found | Where-Object { $_.Name -ceq $Name })
    if ($fitting.Count -ne 1) { throw "$($fitting.Count) of kind $Kind are called $Name" }
    $fitting[0]
}

function Get-Machine($Step) { Get-Single 'host' (Get-VMHost) $Step['host'] }

function Get-Graphics($Step) { Get-View -Id (Get-Machine $Step).ExtensionData.ConfigManager.GraphicsManager }

function Get-Device($Config, $Step) {
    $device = @($Config.DeviceType | Where-Object { $_.DeviceId -ceq $Step['device'] })
    if ($device.Count -ne 1) { throw "$(Get-Label $Step): the host shows no such graphics device" }
    $device[0]
}

# Whose option a step is: that of the vCenter, or of DRS in a cluster.
function Get-Option($Step) {
    if ($Step['cluster'] -ceq '') {
        return @{ entity = @($global:DefaultVIServers)[0]; type = 'VIServer'; name = $Step['setting'] }
    }
    $cluster = Get-Single 'cluster' (Get-Cluster) $Step['cluster']
    @{ entity = $cluster; type = 'ClusterDRS'; name = $Step['setting'].Substring('drs.'.Length) }
}

function Find-Option($Option) {
    Get-AdvancedSetting -Entity $Option['entity'] | Where-Object { $_.Name -ceq $Option['name'] }
}

function Get-Shell($Step) {
    $ask = @{ VMHost = Get-Machine $Step; V2 = $true }
    Get-EsxCli @ask
}

function Get-Module($Step) {
    $esxcli = Get-Shell $Step
    $name = $Step['value'].Split('=', 2)[0]
    $found = $esxcli.system.module.parameters.list.Invoke(@{ module = 'nvidia' }) | Where-Object { $_.Name -ceq $name }
    "$($name)=$($found.Value)"
}

function Get-Passthrough($Step) {
    $esxcli = Get-Shell $Step
    $found = $esxcli.hardware.pci.pcipassthru.list.Invoke() | Where-Object { $_.DeviceID -ceq $Step['device'] }
    if ($null -eq $found) { throw "$(Get-Label $Step): the host shows no such device" }
    "$($found.Enabled)".ToLowerInvariant()
}

# What is set now, as text; $null where an option is not there at all.
function Get-Value($Step) {
    switch ($Step['setting']) {
        'graphics.default-type' { [string](Get-Graphics $Step).GraphicsConfig.HostDefaultGraphicsType }
        'graphics.assignment-policy' { [string](Get-Graphics $Step).GraphicsConfig.SharedPassthruAssignmentPolicy }
        'graphics.vgpu-mode' { [string](Get-Device (Get-Graphics $Step).GraphicsConfig $Step).VgpuMode }
        'nvidia.RmPVMRL' { Get-Module $Step }
        'pci.passthrough' { Get-Passthrough $Step }
        default {
            $found = Find-Option (Get-Option $Step)
            if ($null -ne $found) { [string]$found.Value }
        }
    }
}

# ESXCLI's word and the API's differ for the type and the policy.
function Get-Wanted($Step) {
    switch ($Step['setting']) {
        'graphics.default-type' { if ($Step['value'] -ceq 'SharedPassthru') { 'sharedDirect' } else { $Step['value'] } }
        'graphics.assignment-policy' { $Step['value'].ToLowerInvariant() }
        default { $Step['value'] }
    }
}

function Set-Value($Step, $Value) {
    switch ($Step['setting']) {
        { $_.StartsWith('graphics.') } { Set-Graphics $Step $Value }
        'nvidia.RmPVMRL' {
            $esxcli = Get-Shell $Step
            $null = $esxcli.system.module.parameters.set.Invoke(@{ module = 'nvidia'; parameterstring = $Value })
        }
        'pci.passthrough' {
            $esxcli = Get-Shell $Step
            $null = $esxcli.hardware.pci.pcipassthru.set.Invoke(@{ deviceid = $Step['device']; enable = $Value -ceq 'true' })
        }
        { $_ -ceq 'vgpu.hotmigrate.enabled' -or $_.StartsWith('drs.') } { Set-Option $Step $Value }
        default { throw "$(Get-Label $Step): nothing here sets it" }
    }
}

function Set-Graphics($Step, [string]$Value) {
    $manager = Get-Graphics $Step
    $config = $manager.GraphicsConfig
    switch ($Step['setting']) {
        'graphics.default-type' { $config.HostDefaultGraphicsType = $Value }
        'graphics.assignment-policy' { $config.SharedPassthruAssignmentPolicy = $Value }
        'graphics.vgpu-mode' { (Get-Device $config $Step).VgpuMode = $Value }
    }
    $manager.UpdateGraphicsConfig($config)
}

function Set-Option($Step, $Value) {
    $option = Get-Option $Step
    $found = Find-Option $option
    if ($null -eq $Value) {
        if ($null -ne $found) { Remove-AdvancedSetting -AdvancedSetting $found -Confirm:$false }
    } elseif ($null -ne $found) {
        $null = Set-AdvancedSetting -AdvancedSetting $found -Value $Value -Confirm:$false
    } else {
        $null = New-AdvancedSetting -Entity $option['entity'] -Type $option['type'] -Name $option['name'] -Value $Value -Confirm:$false
    }
}

# Why nothing may be set on a host now; '' where it may. A VM that holds a GPU is named, whether it
# runs or is suspended: the settings of a GPU in use are refused or, worse, taken at its next start.
function Get-Hindrance([string]$Name) {
    $machine = Get-Single 'host' (Get-VMHost) $Name
    if ("$($machine.ConnectionState)" -cne 'Maintenance') { return 'not in maintenance mode' }
    $holders = @(Get-VM -Location $machine | Where-Object { "$($_.PowerState)" -cne 'PoweredOff' } | Where-Object { Test-Holds $_ })
    $view = Get-View -Id $machine.ExtensionData.ConfigManager.GraphicsManager
    $shown = @($view.GraphicsInfo | Where-Object { @($_.Vm | Where-Object { $null -ne $_ }).Count -gt 0 })
    if ($holders.Count -gt 0) { return "its GPUs are held by $(@($holders | ForEach-Object { $_.Name }) -join ', ')" }
    if ($shown.Count -gt 0) { return "its GPUs are in use: $(@($shown | ForEach-Object { $_.PciId }) -join ', ')" }
    ''
}

function Test-Holds($Guest) {
    @($Guest.ExtensionData.Config.Hardware.Device | Where-Object { $_ -is [VMware.Vim.VirtualPCIPassthrough] }).Count -gt 0
}

# Every setting that a script makes and that is not as wanted; hosts that must be left alone are named.
function Get-Change {
    $free = @{}
    foreach ($step in $settings['settings']) {
        if ($step['actor'] -cne 'script') { continue }
        $name = $step['host']
        if ($Only.Count -gt 0 -and $name -cne '' -and $Only -cnotcontains $name) { continue }
        $now, $goal = (Get-Value $step), (Get-Wanted $step)
        if ($null -ne $now -and $now -ceq $goal) { continue }
        if (-not $free.ContainsKey($name)) { $free[$name] = if ($name -cne '' -and $Apply) { Get-Hindrance $name } else { '' } }
        if ($free[$name] -cne '') {
            Write-Warning "$($name): $($free[$name]), left alone"
            $script:left++
            continue
        }
        @{ step = $step; now = $now; goal = $goal }
    }
}

# What a journal says is to be put back, last first; what somebody changed since stops it.
function Get-Return {
    foreach ($intent in Read-Journal $Rollback $wanted['vcenter']['instance_uuid']) {
        $step = $intent['step']
        $now = Get-Value $step
        if ($now -ceq $intent['before']) { continue }
        if ($intent['done'] -and $now -cne $intent['after']) { throw "$(Get-Label $step) was changed since: put it back by hand" }
        $hindrance = if ($step['host'] -cne '' -and $Apply) { Get-Hindrance $step['host'] } else { '' }
        if ($hindrance -cne '') { throw "$($step['host']): $hindrance" }
        @{ step = $step; now = $now; goal = $intent['before'] }
    }
}

# Refuses what is too much or at the wrong time (F22).
function Assert-Allowed($Changes) {
    if ($Changes.Count -gt $MaxChanges) { throw "$($Changes.Count) changes are more than -MaxChanges $MaxChanges" }
    if ($ChangeId -cne '') { return }
    $reason = Get-Objection $wanted['governance'] $wanted['vcenter']['reach'] ([datetimeoffset]::UtcNow)
    if ($reason -cne '') { throw "$reason; -ChangeId overrides" }
}

function Write-Change($Changes, [string]$Journal) {
    $number = 0
    foreach ($each in $Changes) {
        $step = $each['step']
        $before = Get-Value $step
        if ($before -cne $each['now']) { throw "$(Get-Label $step) was changed by somebody else in between: run again" }
        Add-Event $Journal @{ event = 'intent'; number = $number; step = $step; before = $before; wanted = $each['goal'] }
        Set-Value $step $each['goal']
        $after = Get-Value $step
        if ($after -cne $each['goal']) { throw "$(Get-Label $step) was set and does not read as set" }
        Add-Event $Journal @{ event = 'done'; number = $number; after = $after }
        $rest = if (@($step['needs']) -ccontains 'reboot') { '; restart the host' } else { '' }
        Write-Output "done $(Get-Label $step) = $after$rest"
        $number++
    }
}

function Invoke-Run([string]$State) {
    $changes = @(if ($Rollback -ceq '') { Get-Change } else { Get-Return })
    foreach ($each in $changes) { Write-Output "to set: $(Get-Label $each['step']) from '$($each['now'])' to '$($each['goal'])'" }
    Write-Output "$($changes.Count) to set"
    if (-not $Apply -or $changes.Count -eq 0) {
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
        Write-Change $changes $journal
    } finally { Exit-VcenterLock $lock }
}

$script:pending = $false
$script:left = 0
Assert-SameVcenter $wanted['vcenter']['instance_uuid']
$state = Get-StateFolder $wanted['vcenter']['instance_uuid']
$local = Enter-LocalLock $state
try {
    Open-Session
    try { Invoke-Run $state } finally { Close-Session }
} finally { $local.Dispose() }
if ($script:left -gt 0) { exit 2 }
if ($script:pending) { exit 3 }
