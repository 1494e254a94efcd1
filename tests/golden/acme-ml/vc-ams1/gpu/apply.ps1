# GPU settings of platform acme-ml, release acme-ml-7.
# Shows what it would do; -Apply does it, -Only takes some of the hosts. A second run changes
# nothing. It neither enters maintenance mode nor restarts a host: it leaves a host alone that is
# not in maintenance mode, and says what still needs a restart. What takes a shell on the host (MIG
# mode, ECC, the driver) is in checklist.md.
#Requires -Modules VMware.VimAutomation.Core
[CmdletBinding()]
param(
    [switch]$Apply,
    [string[]]$Only = @()
)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$instance = '3f2a7c1e-0d54-4b7b-9a61-7e5f2f8f0a11'
$ofVcenter = @(
    [pscustomobject]@{ Name = 'vgpu.hotmigrate.enabled'; Value = 'true' }
)
$ofClusters = @(
    [pscustomobject]@{ Cluster = 'gpu-a'; Name = 'PassthroughDrsAutomation'; Value = '0' }
    [pscustomobject]@{ Cluster = 'gpu-a'; Name = 'VgpuMMAutomationTimeoutSecs'; Value = '-1' }
)
$ofHosts = @(
    [pscustomobject]@{
        Name         = 'esx-01'
        GraphicsType = 'sharedDirect'
        Assignment   = 'consolidation'
        Module       = 'NVreg_RegistryDwordsPerDevice=pci=0000:65:00.0;RmPVMRL=0x00'
        Passthrough  = @()
        Modes        = @(
            [pscustomobject]@{ Device = '0000:65:00.0'; Mode = 'mixedSize' }
        )
    }
    [pscustomobject]@{
        Name         = 'esx-02'
        GraphicsType = 'sharedDirect'
        Assignment   = 'consolidation'
        Module       = 'NVreg_RegistryDwordsPerDevice=pci=0000:65:00.0;RmPVMRL=0x00'
        Passthrough  = @()
        Modes        = @(
            [pscustomobject]@{ Device = '0000:65:00.0'; Mode = 'mixedSize' }
        )
    }
    [pscustomobject]@{
        Name         = 'esx-03'
        GraphicsType = 'sharedDirect'
        Assignment   = 'consolidation'
        Module       = 'NVreg_RegistryDwordsPerDevice=pci=0000:17:00.0;RmPVMRL=0x00;pci=0000:65:00.0;RmPVMRL=0x00'
        Passthrough  = @()
        Modes        = @(
            [pscustomobject]@{ Device = '0000:17:00.0'; Mode = 'sameSize' }
            [pscustomobject]@{ Device = '0000:65:00.0'; Mode = 'sameSize' }
        )
    }
    [pscustomobject]@{
        Name         = 'esx-04'
        GraphicsType = 'sharedDirect'
        Assignment   = 'consolidation'
        Module       = 'NVreg_RegistryDwordsPerDevice=pci=0000:17:00.0;RmPVMRL=0x00;pci=0000:65:00.0;RmPVMRL=0x00'
        Passthrough  = @()
        Modes        = @(
            [pscustomobject]@{ Device = '0000:17:00.0'; Mode = 'sameSize' }
            [pscustomobject]@{ Device = '0000:65:00.0'; Mode = 'sameSize' }
        )
    }
)

$server = @($global:DefaultVIServers)
if ($server.Count -ne 1) {
    throw 'Connect to the one vCenter first: Connect-VIServer'
}
if ($instance -and $server[0].InstanceUuid -ne $instance) {
    throw "This vCenter is $($server[0].InstanceUuid); the settings are for $instance"
}
$verb = 'would be'
if ($Apply) {
    $verb = 'is'
}

function Set-Option($Entity, $Name, $Value, $Type, $Label) {
    $there = @(Get-AdvancedSetting -Entity $Entity | Where-Object { $_.Name -ceq $Name })
    if ($there.Count -gt 0 -and "$($there[0].Value)" -eq $Value) {
        Write-Output "${Label}: $Name as wanted"
        return
    }
    if ($Apply) {
        if ($there.Count -gt 0) {
            $null = Set-AdvancedSetting -AdvancedSetting $there[0] -Value $Value -Confirm:$false
        } else {
            $null = New-AdvancedSetting -Entity $Entity -Type $Type -Name $Name -Value $Value -Confirm:$false
        }
    }
    Write-Output "${Label}: $Name $verb set to $Value"
}

function Set-Graphics($Machine, $Wanted) {
    $manager = Get-View -Id $Machine.ExtensionData.ConfigManager.GraphicsManager
    $config = $manager.GraphicsConfig
    $changes = @()
    if ($Wanted.GraphicsType -and $config.HostDefaultGraphicsType -ne $Wanted.GraphicsType) {
        $changes += "default type $($Wanted.GraphicsType)"
        $config.HostDefaultGraphicsType = $Wanted.GraphicsType
    }
    if ($Wanted.Assignment -and $config.SharedPassthruAssignmentPolicy -ne $Wanted.Assignment) {
        $changes += "assignment policy $($Wanted.Assignment)"
        $config.SharedPassthruAssignmentPolicy = $Wanted.Assignment
    }
    foreach ($mode in $Wanted.Modes) {
        $device = @($config.DeviceType | Where-Object { $_.DeviceId -eq $mode.Device })
        if ($device.Count -ne 1) {
            Write-Warning "$($Wanted.Name): shows no graphics device $($mode.Device)"
        } elseif ($device[0].VgpuMode -ne $mode.Mode) {
            $changes += "$($mode.Device) $($mode.Mode)"
            $device[0].VgpuMode = $mode.Mode
        }
    }
    if ($changes.Count -eq 0) {
        Write-Output "$($Wanted.Name): graphics as wanted"
        return
    }
    if ($Apply) {
        $manager.UpdateGraphicsConfig($config)
    }
    Write-Output "$($Wanted.Name): graphics $verb set: $($changes -join ', '); restart the host"
}

function Set-Module($EsxCli, $Wanted) {
    $name, $value = $Wanted.Module -split '=', 2
    $there = $EsxCli.system.module.parameters.list.Invoke(@{ module = 'nvidia' }) | Where-Object { $_.Name -eq $name }
    if ($null -ne $there -and $there.Value -eq $value) {
        Write-Output "$($Wanted.Name): $name as wanted"
        return
    }
    if ($Apply) {
        $null = $EsxCli.system.module.parameters.set.Invoke(@{ module = 'nvidia'; parameterstring = $Wanted.Module })
    }
    Write-Output "$($Wanted.Name): $name $verb set to $value; restart the host"
}

function Set-Passthrough($EsxCli, $Wanted, $Device) {
    $there = $EsxCli.hardware.pci.pcipassthru.list.Invoke() | Where-Object { $_.DeviceID -eq $Device }
    if ($null -ne $there -and "$($there.Enabled)" -eq 'true') {
        Write-Output "$($Wanted.Name): $Device as wanted"
        return
    }
    if ($Apply) {
        $null = $EsxCli.hardware.pci.pcipassthru.set.Invoke(@{ deviceid = $Device; enable = $true })
    }
    Write-Output "$($Wanted.Name): $Device $verb given to DirectPath; restart the host"
}

foreach ($setting in $ofVcenter) {
    Set-Option $server[0] $setting.Name $setting.Value 'VIServer' 'vCenter'
}
foreach ($setting in $ofClusters) {
    $cluster = @(Get-Cluster | Where-Object { $_.Name -ceq $setting.Cluster })
    if ($cluster.Count -ne 1) {
        throw "$($cluster.Count) clusters are called $($setting.Cluster)"
    }
    Set-Option $cluster[0] $setting.Name $setting.Value 'ClusterDRS' $setting.Cluster
}
$left = 0
foreach ($wanted in $ofHosts) {
    if ($Only.Count -gt 0 -and $Only -notcontains $wanted.Name) {
        continue
    }
    $machine = @(Get-VMHost | Where-Object { $_.Name -ceq $wanted.Name })
    if ($machine.Count -ne 1) {
        throw "$($machine.Count) hosts are called $($wanted.Name)"
    }
    if ($Apply -and "$($machine[0].ConnectionState)" -ne 'Maintenance') {
        Write-Warning "$($wanted.Name): not in maintenance mode, left alone"
        $left++
        continue
    }
    $target = $machine[0]
    Set-Graphics $target $wanted
    $ask = @{ VMHost = $target; V2 = $true }
    $esxcli = Get-EsxCli @ask
    if ($wanted.Module) {
        Set-Module $esxcli $wanted
    }
    foreach ($device in $wanted.Passthrough) {
        Set-Passthrough $esxcli $wanted $device
    }
}
if ($left -gt 0) {
    exit 2
}
