# Storage policies by the pbm bodies beside the requests: made once, and never changed, as that would
# lay all objects of the policy out again.

function Get-Policy([string]$Name) {
    Get-SpbmStoragePolicy | Where-Object { $_.Name -ceq $Name }
}

# Every policy body, as a request of its own.
function Read-PolicyRequest([string]$Folder, $Reach) {
    if (-not (Test-Path -LiteralPath $Folder)) { return }
    foreach ($file in Get-ChildItem -LiteralPath $Folder -Filter '*.json' | Sort-Object -Property Name) {
        $body = Read-Document $file.FullName
        @{ request = @{ kind = 'storage-policy'; name = $body['name']; reach = $Reach }; body = $body }
    }
}

# What the hosts do to data on its way is a component for PowerCLI, no rule.
$script:dataServices = 'com.vmware.storageprofile.dataservice'

function Get-ServiceId($Body) {
    foreach ($set in $Body['constraints']['subProfiles']) {
        foreach ($capability in $set['capability']) {
            if ($capability['id']['namespace'] -ceq $script:dataServices) { $capability['id']['id'] }
        }
    }
}

# Name and value of each rule, as PowerCLI calls them.
function Get-Rule($Body) {
    foreach ($set in $Body['constraints']['subProfiles']) {
        foreach ($capability in $set['capability']) {
            if ($capability['id']['namespace'] -ceq $script:dataServices) { continue }
            $name = "$($capability['id']['namespace']).$($capability['id']['id'])"
            foreach ($constraint in $capability['constraint']) {
                foreach ($property in $constraint['propertyInstance']) {
                    @{ name = $name; value = $property['value'] }
                }
            }
        }
    }
}

function Get-MissingCapability($Body) {
    foreach ($rule in Get-Rule $Body) {
        if ($null -eq (Get-SpbmCapability -Name $rule['name'])) { "no storage capability $($rule['name'])" }
    }
    foreach ($id in Get-ServiceId $Body) {
        if ($null -eq (Get-Component $id)) { "no data service $id" }
    }
}

function Get-Component([string]$Id) {
    Get-SpbmStoragePolicyComponent | Where-Object { "$($_.Id)" -ceq $Id }
}

function Get-PolicyState($Body) {
    $found = Get-Policy $Body['name']
    if ($null -eq $found) { return $null }
    $rules = @{}
    foreach ($set in $found.AnyOfRuleSets) {
        foreach ($rule in $set.AllOfRules) { $rules[$rule.Capability.Name] = "$($rule.Value)" }
    }
    foreach ($component in $found.CommonRule) { if ($null -ne $component) { $rules["$($component.Id)"] = 'on' } }
    @{ description = [string]$found.Description; rules = $rules }
}

# The policy as rendered. One of its name with other rules is nobody's to change.
function Get-PolicyGoal($Body, $Before) {
    $rules = @{}
    foreach ($rule in Get-Rule $Body) { $rules[$rule['name']] = "$($rule['value'])" }
    foreach ($id in Get-ServiceId $Body) { $rules[$id] = 'on' }
    $goal = @{ description = $Body['description']; rules = $rules }
    if ($null -ne $Before -and (ConvertTo-Text $Before) -cne (ConvertTo-Text $goal)) {
        throw "storage policy $($Body['name']) is there with other rules; a policy is never changed"
    }
    $goal
}

function New-Policy($Body) {
    $rules = @(foreach ($rule in Get-Rule $Body) {
        New-SpbmRule -Capability (Get-SpbmCapability -Name $rule['name']) -Value $rule['value']
    })
    $set = New-SpbmRuleSet -AllOfRules $rules
    $new = @{ Name = $Body['name']; Description = $Body['description']; AnyOfRuleSets = $set }
    $services = @(foreach ($id in Get-ServiceId $Body) { Get-Component $id })
    if ($services.Count -gt 0) { $new['CommonRule'] = $services }
    $null = New-SpbmStoragePolicy @new
}
