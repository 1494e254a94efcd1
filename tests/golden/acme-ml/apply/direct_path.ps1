# DirectPath profiles of vCenter 9: one for a device, found by its device (F30). One that others made
# serves as it is and is left alone: ours is what bears our mark, or our name.

function Get-ProfileManager {
    $content = (Get-View -Id 'ServiceInstance').Content
    if ($null -eq $content.PSObject.Properties['DirectPathProfileManager']) { return $null }
    $manager = $content.DirectPathProfileManager
    if ($null -eq $manager) { return $null }
    Get-View -Id $manager
}

function Get-AllProfile {
    $manager = Get-ProfileManager
    if ($null -eq $manager) { return }
    $manager.DirectPathProfileManagerList([VMware.Vim.DirectPathProfileManagerFilterSpec]::new())
}

# A device id as a text of four hexadecimal digits each.
function Get-DeviceId($Each) { '{0:x4}:{1:x4}' -f [int]$Each.VendorId, [int]$Each.DeviceId }

# The device of a profile as a text: equal texts are the same device.
function Get-DeviceText($Config) {
    switch ($Config.GetType().Name) {
        'DirectPathProfileManagerVmiopDirectPathConfig' { $Config.VgpuProfile }
        'DirectPathProfileManagerVirtualDeviceGroupDirectPathConfig' { $Config.DeviceGroupName }
        'DirectPathProfileManagerDynamicDirectPathConfig' {
            $backing = $Config.DynamicDirectPathBacking
            $ids = @($backing.AllowedDevice | ForEach-Object { Get-DeviceId $_ } | Sort-Object) -join '|'
            if ($backing.CustomLabel) { "$ids@$($backing.CustomLabel)" } else { $ids }
        }
        default { $Config.GetType().Name }
    }
}

function New-DeviceConfig($Body) {
    switch ($Body['_typeName']) {
        'DirectPathProfileManagerVmiopDirectPathConfig' {
            $config = [VMware.Vim.DirectPathProfileManagerVmiopDirectPathConfig]::new()
            $config.VgpuProfile = $Body['vgpuProfile']
        }
        'DirectPathProfileManagerVirtualDeviceGroupDirectPathConfig' {
            $config = [VMware.Vim.DirectPathProfileManagerVirtualDeviceGroupDirectPathConfig]::new()
            $config.DeviceGroupName = $Body['deviceGroupName']
        }
        'DirectPathProfileManagerDynamicDirectPathConfig' {
            $config = [VMware.Vim.DirectPathProfileManagerDynamicDirectPathConfig]::new()
            $config.DynamicDirectPathBacking = New-DynamicBacking $Body['dynamicDirectPathBacking']
        }
        default { throw "no such configuration of a device: $($Body['_typeName'])" }
    }
    $config
}

function New-DynamicBacking($Body) {
    $backing = [VMware.Vim.VirtualPCIPassthroughDynamicBackingInfo]::new()
    $backing.DeviceName = $Body['deviceName']
    $backing.CustomLabel = $Body['customLabel']
    $backing.AllowedDevice = @(foreach ($each in $Body['allowedDevice']) {
        $allowed = [VMware.Vim.VirtualPCIPassthroughAllowedDevice]::new()
        $allowed.VendorId = $each['vendorId']
        $allowed.DeviceId = $each['deviceId']
        $allowed
    })
    $backing
}

function Get-ProfileOf($Body) {
    $device = Get-DeviceText (New-DeviceConfig $Body['spec']['deviceConfig'])
    foreach ($each in Get-AllProfile) {
        if ((Get-DeviceText $each.DeviceConfig) -ceq $device) { return $each }
    }
}

function Get-MissingProfile($Body) {
    if ($null -eq (Get-ProfileManager)) {
        return "$($Body['spec']['name']): this vCenter has no DirectPath profiles, it needs VCF 9"
    }
    $device = Get-DeviceText (New-DeviceConfig $Body['spec']['deviceConfig'])
    foreach ($each in Get-AllProfile) {
        $theirs = Get-DeviceText $each.DeviceConfig
        if ($each.Name -ceq $Body['spec']['name'] -and $theirs -cne $device) {
            "$($each.Name): that name is of the profile of $theirs"
        }
    }
}

function Get-ProfileState($Body) {
    $found = Get-ProfileOf $Body
    if ($null -ne $found) { @{ name = $found.Name; description = [string]$found.Description } }
}

function Get-ProfileGoal($Body, $Before) {
    $ours = @{ name = $Body['spec']['name']; description = $Body['spec']['description'] }
    if ($null -eq $Before -or $Before['name'] -ceq $ours['name']) { return $ours }
    $mark = $Body['stamp'].Substring(0, $Body['stamp'].IndexOf('/') + 1)
    if ($Before['description'].StartsWith($mark, [StringComparison]::Ordinal)) { return $ours }
    $Before
}

function Set-Profile($Body, $Before) {
    if ($null -ne $Before) { return Update-Profile $Body (Get-ProfileGoal $Body $Before) }
    $spec = [VMware.Vim.DirectPathProfileManagerCreateSpec]::new()
    $spec.Name = $Body['spec']['name']
    $spec.Description = $Body['spec']['description']
    $spec.DeviceConfig = New-DeviceConfig $Body['spec']['deviceConfig']
    $manager = Get-ProfileManager
    $null = $manager.DirectPathProfileManagerCreate($spec)
}

function Update-Profile($Body, $Wanted) {
    $spec = [VMware.Vim.DirectPathProfileManagerUpdateSpec]::new()
    $spec.Name = $Wanted['name']
    $spec.Description = $Wanted['description']
    $manager = Get-ProfileManager
    $manager.DirectPathProfileManagerUpdate((Get-ProfileOf $Body).Id, $spec)
}

function Undo-Profile($Body, $Before) {
    if ($null -ne $Before) { return Update-Profile $Body $Before }
    $manager = Get-ProfileManager
    $manager.DirectPathProfileManagerDelete((Get-ProfileOf $Body).Id)
}
