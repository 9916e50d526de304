# PowerShell completion for leasectl, printed by `leasectl completion powershell`.

Register-ArgumentCompleter -Native -CommandName 'leasectl' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $words = @()
    foreach ($element in ($commandAst.CommandElements | Select-Object -Skip 1)) {
        if ($element.Extent.EndOffset -lt $cursorPosition) {
            if ($element -is [System.Management.Automation.Language.StringConstantExpressionAst]) {
                $words += $element.Value
            } else {
                $words += $element.Extent.Text
            }
        }
    }
    # Older PowerShells drop an empty argument unless it is quoted once more.
    $typed = "$wordToComplete"
    $passes = $PSVersionTable.PSVersion -ge [version]'7.3' -and $PSNativeCommandArgumentPassing -ne 'Legacy'
    if ($typed -eq '' -and -not $passes) { $typed = '""' }

    $lines = @(& leasectl __complete @words $typed 2>$null)
    if ($lines.Count -eq 0 -or $lines[-1] -notmatch '^:(\d+)$') { return }
    $directive = [int]$Matches[1]
    $before = if ($wordToComplete -match '^-[^=]*=') { $Matches[0] } else { '' }
    if ($lines.Count -eq 1) {
        if ($directive -band 4) { '' }  # no file instead
        return
    }
    foreach ($line in $lines[0..($lines.Count - 2)]) {
        $value, $about = $line -split "`t", 2
        if (-not $about) { $about = $value }
        $text = "$before$value"
        if ($text -notmatch '^[\w./:=-]+$') { $text = "'" + $text + "'" }
        if (-not ($directive -band 2)) { $text += ' ' }
        [System.Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $about)
    }
}
