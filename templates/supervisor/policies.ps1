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

# Name and value of each rule, as PowerCLI calls them.
function Get-Rule($Body) {
    foreach ($set in $Body['constraints']['subProfiles']) {
        foreach ($capability in $set['capability']) {
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
}

function Get-PolicyState($Body) {
    $found = Get-Policy $Body['name']
    if ($null -eq $found) { return $null }
    $rules = @{}
    foreach ($set in $found.AnyOfRuleSets) {
        foreach ($rule in $set.AllOfRules) { $rules[$rule.Capability.Name] = "$($rule.Value)" }
    }
    @{ description = [string]$found.Description; rules = $rules }
}

# The policy as rendered. One of its name with other rules is nobody's to change.
function Get-PolicyGoal($Body, $Before) {
    $rules = @{}
    foreach ($rule in Get-Rule $Body) { $rules[$rule['name']] = "$($rule['value'])" }
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
    $null = New-SpbmStoragePolicy -Name $Body['name'] -Description $Body['description'] -AnyOfRuleSets $set
}
