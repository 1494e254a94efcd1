# What the script can do: per kind read, compare, change and take back. No part changes a VM class
# (F3) or deletes a namespace (F10); what others put into a set stays in it.

$script:classes = '/api/vcenter/namespace-management/virtual-machine-classes'
$script:namespaces = '/api/vcenter/namespaces/instances'
$script:supervisors = '/api/vcenter/namespace-management/supervisors'
$script:zones = '/api/vcenter/consumption-domains/zones'
$script:attempts = 3
$script:madeHere = @()

# Preconditions that do not hold.
function Get-Missing($Request, $Body) {
    switch ($Request['kind']) {
        'storage-policy' { Get-MissingCapability $Body }
        'direct-path-profile' { Get-MissingProfile $Body }
        'zone' { $null = Get-ClusterId $Body }
        'tag-attachment' {
            $null = Get-Tag -Name $Body['tag'] -Category $Body['category']
            $null = Get-Datastore -Name $Body['datastore']
        }
        'policy-match' {
            $made = $script:madeHere -ccontains $Body['policy']
            if (-not $made -and $null -eq (Get-Policy $Body['policy'])) { "no storage policy $($Body['policy']): it is made first" }
        }
        'access' {
            $null = Get-ProviderId $Body
            Get-MissingNamespace $Body
        }
        'namespace' { Get-MissingNamespace $Body; Get-MissingEntry $Body }
        'namespace-share' { Get-MissingNamespace $Body; Get-MissingShare $Body }
    }
}

# What is there; $null where nothing of it is.
function Get-State($Request, $Body) {
    switch ($Request['kind']) {
        'storage-policy' { Get-PolicyState $Body }
        'direct-path-profile' { Get-ProfileState $Body }
        'vm-class' { Get-ClassState $Request $Body }
        'zone' {
            if ($null -ne (Read-Rest (Get-ZonePath $Body))) { @{ zone = $Body['zone'] } }
        }
        'tag-attachment' { if (@(Get-Assignment $Body).Count -gt 0) { @{ attached = $true } } }
        'policy-match' { @{} }
        'access' {
            $found = Read-Rest (Get-AccessPath $Body)
            if ($null -ne $found -and -not $found['inherited']) {
                Get-Right $found['role'] $found['identity_provider']
            }
        }
        'namespace' { Get-ListState $Body }
        'namespace-share' { Get-ShareState $Body }
    }
}

# What shall be there; the same as before where nothing is to be done.
function Get-Goal($Request, $Body, $Before) {
    switch ($Request['kind']) {
        'storage-policy' { Get-PolicyGoal $Body $Before }
        'direct-path-profile' { Get-ProfileGoal $Body $Before }
        'vm-class' {
            $spec = Get-ClassSpec $Body
            if ($null -eq $Before) { return $spec }
            if (-not (Test-Within $spec $Before)) {
                throw "VM class $($Body['id']) is there with other content; a class is never changed"
            }
            $Before
        }
        'zone' { @{ zone = $Body['zone'] } }
        'tag-attachment' { @{ attached = $true } }
        'policy-match' { @{} }
        'access' { Get-Right $Body['role'] (Get-ProviderId $Body) }
        'namespace' { Get-MergedList $Body $Before }
        'namespace-share' { Get-ShareGoal $Body }
    }
}

function Set-State($Request, $Body, $Before) {
    switch ($Request['kind']) {
        'storage-policy' { New-Policy $Body }
        'direct-path-profile' { Set-Profile $Body $Before }
        'vm-class' { $null = Invoke-Rest 'POST' $script:classes (Get-ClassSpec $Body) }
        'zone' {
            $null = Invoke-Rest 'POST' $script:zones @{ zone = $Body['zone']; description = $Body['description'] }
            $null = Invoke-Rest 'POST' (Get-AssociationPath $Body 'add') @(Get-ClusterId $Body)
        }
        'tag-attachment' {
            $tag = Get-Tag -Name $Body['tag'] -Category $Body['category']
            $null = New-TagAssignment -Tag $tag -Entity (Get-Datastore -Name $Body['datastore'])
        }
        'access' {
            $method = if ($null -eq $Before) { 'POST' } else { 'PUT' }
            $right = Get-Right $Body['role'] (Get-ProviderId $Body)
            $null = Invoke-Rest $method (Get-AccessPath $Body) $right
        }
        'namespace' { Set-List $Body }
        'namespace-share' { Set-Share $Body }
    }
}

# Puts back what was there before; the caller has seen that $After still is.
function Undo-State($Request, $Body, $Before, $After) {
    switch ($Request['kind']) {
        'storage-policy' { Get-Policy $Body['name'] | Remove-SpbmStoragePolicy -Confirm:$false }
        'direct-path-profile' { Undo-Profile $Body $Before }
        'vm-class' {
            $path = "$($script:classes)/$(ConvertTo-PathPart $Body['id'])"
            $found = Read-Rest $path
            if (@($found['namespaces']).Count -gt 0 -or @($found['vms']).Count -gt 0) {
                throw "VM class $($Body['id']) is in use"
            }
            $null = Invoke-Rest 'DELETE' $path
        }
        'zone' {
            $null = Invoke-Rest 'POST' (Get-AssociationPath $Body 'remove') @(Get-ClusterId $Body)
            $null = Invoke-Rest 'DELETE' (Get-ZonePath $Body)
        }
        'tag-attachment' { Get-Assignment $Body | Remove-TagAssignment -Confirm:$false }
        'access' {
            if ($null -eq $Before) {
                $null = Invoke-Rest 'DELETE' (Get-AccessPath $Body)
            } else {
                $null = Invoke-Rest 'PUT' (Get-AccessPath $Body) $Before
            }
        }
        'namespace' { Undo-List $Body $Before $After }
        'namespace-share' { Undo-Share $Body $Before }
    }
}

# What is still wrong once all is done: a policy that finds no datastore (F15).
function Get-Fault($Request, $Body) {
    if ($Request['kind'] -cne 'policy-match') { return }
    $policy = Get-Policy $Body['policy']
    $found = @(if ($null -ne $policy) { Get-SpbmCompatibleStorage -StoragePolicy $policy | ForEach-Object { $_.Name } })
    if ($found.Count -eq 0) { return "no datastore is compatible with storage policy $($Body['policy'])" }
    foreach ($each in $Body['datastores']) {
        if ($found -cnotcontains $each) {
            "storage policy $($Body['policy']) does not match $each, only $($found -join ', ')"
        }
    }
}

# The class with the policy of its disks by the id of this vCenter.
function Get-ClassSpec($Body) {
    if (-not $Body.Contains('instance_storage')) { return $Body }
    $made = @{}
    foreach ($key in $Body.Keys) { $made[$key] = $Body[$key] }
    $disks = $Body['instance_storage']
    $made['instance_storage'] = @{ policy = Get-PolicyId $disks['policy']; volumes = $disks['volumes'] }
    $made
}

# The class without what vCenter reports about its use.
function Get-ClassState($Request, $Body) {
    $found = Read-Rest "$($Request['path'])/$(ConvertTo-PathPart $Body['id'])"
    if ($null -eq $found) { return $null }
    $made = @{ id = $Body['id'] }
    foreach ($key in $Body.Keys) { if ($found.Contains($key)) { $made[$key] = $found[$key] } }
    $made
}

function Get-ZonePath($Body) { "$($script:zones)/$(ConvertTo-PathPart $Body['zone'])" }

function Get-AssociationPath($Body, [string]$Action) {
    "$($script:zones)/cluster/$(ConvertTo-PathPart $Body['zone'])/associations?action=$Action"
}

function Get-ClusterId($Body) {
    foreach ($name in $Body['clusters']) { (Get-Cluster -Name $name).ExtensionData.MoRef.Value }
}

function Get-Assignment($Body) {
    $tag = Get-Tag -Name $Body['tag'] -Category $Body['category']
    $datastore = Get-Datastore -Name $Body['datastore']
    Get-TagAssignment -Entity $datastore | Where-Object { $_.Tag.Id -eq $tag.Id }
}

function Get-AccessPath($Body) {
    $place = "$(Get-NamespacePath $Body)/access"
    $who = "$(ConvertTo-PathPart $Body['domain'])/$(ConvertTo-PathPart $Body['subject'])"
    "$place/$($who)?type=$(ConvertTo-PathPart $Body['subject_type'])"
}

function Get-Right([string]$Role, $Provider) {
    $right = @{ role = $Role }
    if ($Provider) { $right['identity_provider'] = $Provider }
    $right
}

# The id of the provider of a group; $null where vCenter's single sign-on knows the group (F20).
function Get-ProviderId($Body) {
    $stated = $Body['identity_provider']
    if ($null -eq $stated) { return $null }
    $path = "$($script:supervisors)/$(ConvertTo-PathPart $stated['supervisor'])/identity/providers"
    $name = $stated['display_name']
    $fitting = @(Read-Rest $path | ForEach-Object { $_ } | Where-Object { $name -ceq '' -or $_['display_name'] -ceq $name })
    if ($fitting.Count -gt 1) { throw "$($fitting.Count) identity providers, name the one meant" }
    if ($name -cne '' -and $fitting.Count -eq 0) { throw "the Supervisor has no identity provider $name" }
    if ($fitting.Count -eq 0) { return $null }
    $fitting[0]['provider']
}

function Get-NamespacePath($Body) { "$($script:namespaces)/$(ConvertTo-PathPart $Body['namespace'])" }

function Get-MissingNamespace($Body) {
    if ($null -eq (Read-Rest (Get-NamespacePath $Body))) {
        "no namespace $($Body['namespace']): apply its Terraform root first"
    }
}
