# When changes may be made: the change windows and freezes of the blueprint (F22).

$script:days = 'SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'
$script:reaches = 'environments', 'sites', 'clusters'

# Why nothing may be changed now within a reach; '' where it may. A window must cover all that the
# change reaches; a freeze forbids it by any part.
function Get-Objection($Calendar, $Reach, [datetimeoffset]$Now) {
    foreach ($freeze in $Calendar['freezes']) {
        if ((Test-Touches $freeze['scope'] $Reach) -and (Test-Frozen $freeze $Now)) {
            return "frozen from $($freeze['from']) to $($freeze['to']): $($freeze['reason'])"
        }
    }
    $windows = @($Calendar['change_windows'] | Where-Object { Test-Covers $_['scope'] $Reach })
    if ($windows.Count -eq 0) { return 'no change window is stated for this' }
    foreach ($window in $windows) { if (Test-Open $window $Now) { return '' } }
    "outside of all $($windows.Count) change windows"
}

# Whether a window that opened today, or days ago for as long as it lasts, is open.
function Test-Open($Window, [datetimeoffset]$Now) {
    $zone = [TimeZoneInfo]::FindSystemTimeZoneById($Window['zone'])
    $local = [TimeZoneInfo]::ConvertTime($Now, $zone).Date
    $at = [timespan]::ParseExact($Window['start'].Substring(0, 5), 'hh\:mm', [cultureinfo]::InvariantCulture)
    $lasts = [timespan]::FromSeconds($Window['duration_s'])
    for ($back = 0; $back -le [int][math]::Floor($lasts.TotalDays) + 1; $back++) {
        $day = $local.AddDays(-$back)
        $opens = [datetime]::SpecifyKind($day.Add($at), 'Unspecified')
        if ($zone.IsInvalidTime($opens)) { $opens = $opens.AddHours(1) }
        $since = $Now.UtcDateTime - [TimeZoneInfo]::ConvertTimeToUtc($opens, $zone)
        $within = $since -ge [timespan]::Zero -and $since -lt $lasts
        if ($within -and (Test-FallsOn $Window['rrule'] $day)) { return $true }
    }
    $false
}

# Whether a recurrence (RFC 5545) without a start falls on a day; throws for what needs one.
function Test-FallsOn([string]$Rule, [datetime]$Day) {
    $parts = @{}
    foreach ($part in $Rule.Split(';')) {
        $key, $value = $part.Split('=', 2)
        $parts[$key] = $value
    }
    $read = 'FREQ', 'BYDAY', 'BYMONTHDAY', 'BYMONTH', 'INTERVAL', 'WKST'
    $unread = @($parts.Keys | Where-Object { $read -cnotcontains $_ })
    $every = if ($parts.Contains('INTERVAL')) { $parts['INTERVAL'] } else { '1' }
    $weekdays = @(if ($parts.Contains('BYDAY')) { $parts['BYDAY'].Split(',') })
    $dates = @(if ($parts.Contains('BYMONTHDAY')) { $parts['BYMONTHDAY'].Split(',') })
    $months = @(if ($parts.Contains('BYMONTH')) { $parts['BYMONTH'].Split(',') })
    $fixed = switch -CaseSensitive ($parts['FREQ']) {
        'DAILY' { $true }
        'WEEKLY' { $weekdays.Count -gt 0 }
        'MONTHLY' { $weekdays.Count + $dates.Count -gt 0 }
        default { $false }
    }
    if ($unread.Count -gt 0 -or $every -ne '1' -or -not $fixed) {
        throw "the recurrence $Rule has no fixed days: give -ChangeId"
    }
    $length = [datetime]::DaysInMonth($Day.Year, $Day.Month)
    $inMonth = $months.Count -eq 0 -or @($months | ForEach-Object { [int]$_ }) -contains $Day.Month
    $named = @($dates | ForEach-Object { if ([int]$_ -lt 0) { $length + 1 + [int]$_ } else { [int]$_ } })
    $onDate = $dates.Count -eq 0 -or $named -contains $Day.Day
    $onDay = $weekdays.Count -eq 0 -or @($weekdays | Where-Object { Test-Weekday $_ $Day $length }).Count -gt 0
    $inMonth -and $onDate -and $onDay
}

# SA, 2SA (the second of the month) or -1SA (the last).
function Test-Weekday([string]$Stated, [datetime]$Day, [int]$Length) {
    $name = $Stated.Substring($Stated.Length - 2)
    if ($script:days[[int]$Day.DayOfWeek] -cne $name) { return $false }
    if ($Stated.Length -eq 2) { return $true }
    $number = [int]$Stated.Substring(0, $Stated.Length - 2)
    $first = [int][math]::Floor(($Day.Day - 1) / 7) + 1
    $last = - ([int][math]::Floor(($Length - $Day.Day) / 7) + 1)
    $number -eq $first -or $number -eq $last
}

# Whether it is one of the days of a freeze anywhere on earth: a freeze states no zone.
function Test-Frozen($Freeze, [datetimeoffset]$Now) {
    foreach ($hours in 14, -12) {
        $day = $Now.UtcDateTime.AddHours($hours).ToString('yyyy-MM-dd', [cultureinfo]::InvariantCulture)
        if ($day -ge $Freeze['from'] -and $day -le $Freeze['to']) { return $true }
    }
    $false
}

function Test-Covers($Scope, $Reach) {
    if (@($Scope).Count -eq 0) { return $true }
    foreach ($part in $script:reaches) {
        $own = @($Reach[$part])
        if ($own.Count -gt 0 -and @($own | Where-Object { $Scope -cnotcontains $_ }).Count -eq 0) { return $true }
    }
    $false
}

function Test-Touches($Scope, $Reach) {
    if (@($Scope).Count -eq 0) { return $true }
    foreach ($part in $script:reaches) {
        if (@($Reach[$part] | Where-Object { $Scope -ccontains $_ }).Count -gt 0) { return $true }
    }
    $false
}
