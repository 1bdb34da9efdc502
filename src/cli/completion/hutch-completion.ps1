# Completion of hutch for PowerShell. hutch itself answers what can stand where the cursor is.
#
#   hutch completion powershell >> $PROFILE

Register-ArgumentCompleter -Native -CommandName hutch -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 | Where-Object { $_.Extent.EndOffset -le $cursorPosition } | ForEach-Object { $_.ToString() })
    if ($wordToComplete -eq '') { $words += '""' }
    hutch __complete @words 2>$null | ForEach-Object {
        if ($_ -eq ':files') { return }
        $name, $text = $_ -split "`t", 2
        $shown = if ($text) { $text } else { $name }
        $typed = if ($name -match "[\s']") { "'" + $name.Replace("'", "''") + "'" } else { $name }
        [System.Management.Automation.CompletionResult]::new($typed, $name, 'ParameterValue', $shown)
    }
}
