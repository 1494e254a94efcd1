# Namespaces that Terraform does not own, and the share of each: merged with what others put there.

$script:mark = ' ?mlgen:\S+/namespace/\S+#[0-9a-f]{12}$'
$script:settleReads = 60
$script:settleSeconds = 5

# ---- lists of an adopted namespace (F10)

function Get-MissingEntry($Body) {
    foreach ($name in $Body['vm_classes']) {
        $made = $Body['made_here'] -ccontains $name
        if (-not $made -and $null -eq (Read-Rest "$($script:classes)/$(ConvertTo-PathPart $name)")) {
            "no VM class $name"
        }
    }
    $null = Get-OwnList $Body
}

# Our entries by the ids of this vCenter.
function Get-OwnList($Body) {
    $libraries = @{}
    foreach ($id in (Read-Rest '/api/content/library')) {
        $libraries[(Read-Rest "/api/content/library/$(ConvertTo-PathPart $id)")['name']] = $id
    }
    @{
        storage_specs = @(foreach ($name in $Body['storage_policies']) { @{ policy = Get-PolicyId $name } })
        content_libraries = @(foreach ($name in $Body['content_libraries']) {
            if (-not $libraries.ContainsKey($name)) { throw "this vCenter has no $name" }
            $libraries[$name]
        })
        vm_classes = @($Body['vm_classes'])
    }
}

function Get-PolicyId([string]$Name) {
    $policy = Get-Policy $Name
    if ($null -eq $policy) { throw "this vCenter has no $Name" }
    [string]$policy.Id
}

# Its lists, whoever put what into them.
function Get-ListState($Body) {
    $found = Read-Rest (Get-NamespacePath $Body)
    if ($null -eq $found) { return $null }
    $service = if ($found['vm_service_spec']) { $found['vm_service_spec'] } else { @{} }
    @{
        storage_specs = @($found['storage_specs'] | Where-Object { $null -ne $_ })
        content_libraries = @($service['content_libraries'] | Where-Object { $null -ne $_ })
        vm_classes = @($service['vm_classes'] | Where-Object { $null -ne $_ })
    }
}

function Get-MergedList($Body, $There) {
    $own = Get-OwnList $Body
    $merged = @{}
    foreach ($key in 'storage_specs', 'content_libraries', 'vm_classes') {
        $names = @($There[$key] | ForEach-Object { Get-EntryName $_ })
        $added = @($own[$key] | Where-Object { $names -cnotcontains (Get-EntryName $_) })
        $merged[$key] = @($There[$key]) + $added
    }
    $merged
}

function Get-EntryName($Entry) {
    if ($Entry -is [Collections.IDictionary]) { return $Entry['policy'] }
    $Entry
}

function Get-ListUpdate($Lists) {
    $service = @{ content_libraries = @($Lists['content_libraries']); vm_classes = @($Lists['vm_classes']) }
    @{ storage_specs = @($Lists['storage_specs']); vm_service_spec = $service }
}

# Merges our entries into what is there right now, and again where somebody writes at this moment.
function Set-List($Body) {
    for ($attempt = 0; $attempt -lt $script:attempts; $attempt++) {
        $now = Get-ListState $Body
        $merged = Get-MergedList $Body $now
        if ((ConvertTo-Text (Get-ListState $Body)) -cne (ConvertTo-Text $now)) { continue }
        $null = Invoke-Rest 'PATCH' (Get-NamespacePath $Body) (Get-ListUpdate $merged)
        if ((ConvertTo-Text (Get-ListState $Body)) -ceq (ConvertTo-Text $merged)) { return }
    }
    throw "namespace $($Body['namespace']) kept changing under $($script:attempts) attempts to merge"
}

# Takes out what the run put in and leaves all else; a namespace is never deleted.
function Undo-List($Body, $Before, $After) {
    $now = Get-ListState $Body
    $left = @{}
    foreach ($key in $After.Keys) {
        $former = @($Before[$key] | ForEach-Object { ConvertTo-Text $_ })
        $ours = @($After[$key] | ForEach-Object { ConvertTo-Text $_ } | Where-Object { $former -cnotcontains $_ })
        $left[$key] = @($now[$key] | Where-Object { $ours -cnotcontains (ConvertTo-Text $_) })
    }
    $null = Invoke-Rest 'PATCH' (Get-NamespacePath $Body) (Get-ListUpdate $left)
}

# ---- the share of a namespace: limits, and what its zones keep (F30)

function Get-Namespace($Body) {
    $found = Read-Rest "$($script:namespaces)/v2/$(ConvertTo-PathPart $Body['namespace'])"
    if ($null -eq $found) { $found = Read-Rest (Get-NamespacePath $Body) }
    $found
}

function Get-ZoneSpec($Body) { @($Body['update']['zones'] | Where-Object { $null -ne $_ }) }

function Get-MissingShare($Body) {
    $found = Get-Namespace $Body
    if ($null -eq $found) { return }
    $limits = Get-LimitById $Body
    $specs = @(Get-ZoneSpec $Body)
    if ($specs.Count -gt 0) { Get-MissingZone $Body $found $specs }
    if ($Body['adopted']) { return }
    $there = @($found['storage_specs'] | ForEach-Object { Get-EntryName $_ })
    foreach ($id in $limits.Keys) {
        if ($there -cnotcontains $id) { "namespace $($Body['namespace']) may not use storage policy $id" }
    }
    $bound = @($found['vm_service_spec']['vm_classes'])
    foreach ($spec in $specs) {
        foreach ($each in $spec['vm_reservations']) {
            if ($null -ne $each -and $bound -cnotcontains $each['reserved_vm_class']) {
                "VM class $($each['reserved_vm_class']) is not bound to $($Body['namespace'])"
            }
        }
    }
}

# Zones that the Supervisor lacks; and, in a namespace of others, what is not ours.
function Get-MissingZone($Body, $Found, $Specs) {
    $bindings = @(Get-Binding $Body)
    foreach ($spec in $Specs) {
        if (@($bindings | ForEach-Object { $_['zone'] }) -cnotcontains $spec['name']) { "no zone $($spec['name']) on this Supervisor" }
    }
    if (-not $Body['adopted']) { return }
    foreach ($name in Get-ZoneName $Found) {
        if (@($Specs | ForEach-Object { $_['name'] }) -cnotcontains $name) { "$($Body['namespace']) is of others, who may reserve in zone $($name): ask them" }
    }
    foreach ($spec in $Specs) {
        $own = @($spec['vm_reservations'] | Where-Object { $null -ne $_ } | ForEach-Object { $_['reserved_vm_class'] })
        foreach ($each in Get-KeptInZone $bindings $spec['name']) {
            if ($own -cnotcontains $each['reserved_vm_class']) { "$($Body['namespace']) is of others, who may reserve VM class $($each['reserved_vm_class']): ask them" }
        }
    }
}

function Get-Binding($Body) {
    $found = Read-Rest "$($script:supervisors)/$(ConvertTo-PathPart $Body['supervisor'])/zones/bindings"
    if ($null -eq $found) { throw 'this Supervisor cannot reserve: it needs VCF 9' }
    $found['zones']
}

function Get-KeptInZone($Bindings, [string]$Zone) {
    foreach ($each in $Bindings) {
        if ($each['zone'] -ceq $Zone -and $each['resource_allocation']) { $each['resource_allocation']['vm_reservations'] }
    }
}

function Get-ZoneName($Found) {
    foreach ($each in $Found['zones']) { if ($null -ne $each -and -not $each['marked_for_removal']) { $each['zone'] } }
}

# What of a share is there: limits, the counts that the zones keep, and the mark of what was written.
function Get-ShareState($Body) {
    $found = Get-Namespace $Body
    if ($null -eq $found) { return $null }
    $state = @{ resource_spec = @{}; storage_limits = @{}; kept = @{}; mark = '' }
    foreach ($key in $Body['update']['resource_spec'].Keys) {
        $state['resource_spec'][$key] = if ($found['resource_spec']) { $found['resource_spec'][$key] }
    }
    foreach ($id in (Get-LimitById $Body).Keys) {
        $state['storage_limits'][$id] = $found['storage_specs'] | Where-Object { $_['policy'] -ceq $id } | ForEach-Object { $_['limit'] }
    }
    $specs = @(Get-ZoneSpec $Body)
    $bindings = @(if ($specs.Count -gt 0) { Get-Binding $Body })
    foreach ($spec in $specs) {
        $counts = @{}
        foreach ($own in $spec['vm_reservations']) {
            if ($null -eq $own) { continue }
            $name = $own['reserved_vm_class']
            $kept = Get-KeptInZone $bindings $spec['name'] | Where-Object { $_['reserved_vm_class'] -ceq $name }
            $counts[$name] = [math]::Min($own['count'], $(if ($kept) { $kept['count'] } else { 0 }))
        }
        $state['kept'][$spec['name']] = $counts
    }
    $description = [string]$found['description']
    if ($description -cmatch $script:mark) { $state['mark'] = $Matches[0].Trim() }
    $state
}

function Get-ShareGoal($Body) {
    $kept = @{}
    foreach ($spec in Get-ZoneSpec $Body) {
        $kept[$spec['name']] = @{}
        foreach ($own in $spec['vm_reservations']) { if ($null -ne $own) { $kept[$spec['name']][$own['reserved_vm_class']] = $own['count'] } }
    }
    $quota = $Body['update']['resource_spec']
    @{
        resource_spec = if ($quota) { $quota } else { @{} }
        storage_limits = Get-LimitById $Body
        kept = $kept
        mark = if ($kept.Count -gt 0) { Get-Mark $Body } else { '' }
    }
}

function Get-LimitById($Body) {
    $limits = @{}
    foreach ($spec in $Body['update']['storage_specs']) { if ($null -ne $spec) { $limits[(Get-PolicyId $spec['policy'])] = $spec['limit'] } }
    $limits
}

# Our stamp, and a hash of what the zones keep: the service shows it for no single namespace.
function Get-Mark($Body) {
    $bytes = [Text.Encoding]::UTF8.GetBytes((ConvertTo-Text @(Get-ZoneSpec $Body)))
    $digest = [Security.Cryptography.SHA256]::HashData($bytes)
    $hash = [Convert]::ToHexString($digest).ToLowerInvariant().Substring(0, 12)
    "{0}#{1}" -f $Body['stamp'], $hash
}

# The policies of a namespace with some limits replaced; the list is always sent whole.
function Get-LimitedSpec($Found, $Limits) {
    foreach ($spec in $Found['storage_specs']) {
        if ($null -eq $spec) { continue }
        $made = @{ policy = $spec['policy'] }
        $limit = if ($Limits.Contains($spec['policy'])) { $Limits[$spec['policy']] } else { $spec['limit'] }
        if ($null -ne $limit) { $made['limit'] = $limit }
        $made
    }
}

# The update of a quota: a limit that is to go needs a key of its own.
function Get-Quota($Limits) {
    $made = @{}
    foreach ($key in $Limits.Keys) {
        if ($null -eq $Limits[$key]) { $made[($key + '_unset')] = $true } else { $made[$key] = $Limits[$key] }
    }
    $made
}

function Get-ShareUpdate($Body, $Found) {
    $update = @{}
    if ($Body['update']['resource_spec']) { $update['resource_spec'] = Get-Quota $Body['update']['resource_spec'] }
    $limits = Get-LimitById $Body
    if ($limits.Count -gt 0) { $update['storage_specs'] = @(Get-LimitedSpec $Found $limits) }
    $specs = @(Get-ZoneSpec $Body)
    if ($specs.Count -gt 0) {
        $own = @($specs | ForEach-Object { $_['name'] })
        $others = @(Get-ZoneName $Found | Where-Object { $own -cnotcontains $_ } | ForEach-Object { @{ name = $_ } })
        $update['zones'] = $specs + $others
        $bare = [regex]::Replace("$($Found['description'])", $script:mark, '')
        $update['description'] = "$bare $(Get-Mark $Body)".Trim()
    }
    $update
}

function Set-Share($Body) {
    for ($attempt = 0; $attempt -lt $script:attempts; $attempt++) {
        $found = Get-Namespace $Body
        $update = Get-ShareUpdate $Body $found
        if ((ConvertTo-Text (Get-Namespace $Body)) -cne (ConvertTo-Text $found)) { continue }
        $null = Invoke-Rest 'PATCH' (Get-NamespacePath $Body) $update
        Wait-Share $Body
        return
    }
    throw "namespace $($Body['namespace']) kept changing under $($script:attempts) attempts to merge"
}

# Waits until vCenter has done what it accepted; a reservation without room fails late.
function Wait-Share($Body) {
    $goal = ConvertTo-Text (Get-ShareGoal $Body)
    for ($read = 0; $read -lt $script:settleReads; $read++) {
        $found = Get-Namespace $Body
        if ($found['config_status'] -ceq 'ERROR') { throw "namespace $($Body['namespace']): $(ConvertTo-Text $found['messages'])" }
        if ($found['config_status'] -ceq 'RUNNING' -and (ConvertTo-Text (Get-ShareState $Body)) -ceq $goal) { return }
        Start-Sleep -Seconds $script:settleSeconds
    }
    throw "namespace $($Body['namespace']) is not done after $($script:settleReads * $script:settleSeconds) seconds"
}

function Undo-Share($Body, $Before) {
    $found = Get-Namespace $Body
    $update = @{}
    if ($Before['storage_limits'].Count -gt 0) { $update['storage_specs'] = @(Get-LimitedSpec $found $Before['storage_limits']) }
    if ($Before['resource_spec'].Count -gt 0) { $update['resource_spec'] = Get-Quota $Before['resource_spec'] }
    $specs = @(Get-ZoneSpec $Body)
    if ($specs.Count -gt 0) {
        if ($Before['mark']) { throw "namespace $($Body['namespace']): apply the former release, which has what zones kept" }
        $update['zones'] = @($specs | ForEach-Object { @{ name = $_['name'] } })
        $update['description'] = [regex]::Replace("$($found['description'])", $script:mark, '')
    }
    $null = Invoke-Rest 'PATCH' (Get-NamespacePath $Body) $update
}
