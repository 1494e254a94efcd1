# Storage policies of platform acme-ml, release acme-ml-7.
# Shows what differs rule by rule; -Apply has ../../apply/apply.ps1 make what is missing, with its
# lock, change windows and journal. A second run changes nothing, and nothing ever changes a policy
# that is there: that would lay every object of the policy out again.
#Requires -Modules VMware.VimAutomation.Core, VMware.VimAutomation.Storage
[CmdletBinding()]
param(
    [switch]$Apply,
    [string]$ChangeId = ''
)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$instance = '3f2a7c1e-0d54-4b7b-9a61-7e5f2f8f0a11'
$wanted = @(
    [pscustomobject]@{
        Name        = 'acme-ml-nvme'
        Description = 'mlgen:acme-ml/storage-policy/acme-ml-nvme'
        Services    = @()
        Rules       = @(
            [pscustomobject]@{ Capability = 'VSAN.hostFailuresToTolerate'; Value = 1 }
            [pscustomobject]@{ Capability = 'VSAN.replicaPreference'; Value = 'RAID-5/6 (Erasure Coding) - Capacity' }
        )
    }
    [pscustomobject]@{
        Name        = 'acme-ml-scratch'
        Description = 'mlgen:acme-ml/storage-policy/acme-ml-scratch'
        Services    = @()
        Rules       = @(
            [pscustomobject]@{ Capability = 'VSAN.hostFailuresToTolerate'; Value = 0 }
            [pscustomobject]@{ Capability = 'VSAN.replicaPreference'; Value = 'RAID-1 (Mirroring) - Performance' }
        )
    }
)

$server = @($global:DefaultVIServers)
if ($server.Count -ne 1) {
    throw 'Connect to the one vCenter first: Connect-VIServer'
}
if ($instance -and $server[0].InstanceUuid -ne $instance) {
    throw "This vCenter is $($server[0].InstanceUuid); the policies are for $instance"
}

function Get-Difference($Policy, $There) {
    $shown = @{}
    foreach ($set in $There.AnyOfRuleSets) {
        foreach ($rule in $set.AllOfRules) {
            $shown[$rule.Capability.Name] = "$($rule.Value)"
        }
    }
    foreach ($rule in $Policy.Rules) {
        if (-not $shown.ContainsKey($rule.Capability) -or $shown[$rule.Capability] -ne "$($rule.Value)") {
            "$($rule.Capability) is to be $($rule.Value)"
        }
        $shown.Remove($rule.Capability)
    }
    foreach ($name in $shown.Keys) {
        "$name is not wanted"
    }
    $services = @($There.CommonRule | Where-Object { $null -ne $_ } | ForEach-Object { "$($_.Id)" })
    foreach ($service in $Policy.Services) {
        if ($services -notcontains $service) { "data service $service is missing" }
    }
    foreach ($service in $services) {
        if ($Policy.Services -notcontains $service) { "data service $service is not wanted" }
    }
}

$refused = 0
foreach ($policy in $wanted) {
    $there = @(Get-SpbmStoragePolicy | Where-Object { $_.Name -ceq $policy.Name })
    if ($there.Count -gt 0) {
        $differences = @(Get-Difference $policy $there[0])
        if ($there[0].Description -cne $policy.Description) {
            Write-Warning "$($policy.Name): belongs to somebody else, left alone"
            $refused++
        } elseif ($differences.Count -gt 0) {
            Write-Warning "$($policy.Name): differs, left alone: $($differences -join '; ')"
            $refused++
        } else {
            Write-Output "$($policy.Name): as wanted"
        }
        continue
    }
    foreach ($rule in $policy.Rules) {
        if ($null -eq (Get-SpbmCapability -Name $rule.Capability)) {
            throw "This vCenter has no capability $($rule.Capability)"
        }
    }
    Write-Output "$($policy.Name): would be created"
}
if ($refused -gt 0) {
    exit 2
}
if ($Apply) {
    $vcenter = Split-Path -Parent $PSScriptRoot
    $script = Join-Path (Split-Path -Parent $vcenter) 'apply' 'apply.ps1'
    & $script -Vcenter (Split-Path -Leaf $vcenter) -Only 'storage-policy' -Apply -ChangeId $ChangeId
}
