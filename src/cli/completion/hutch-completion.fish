# Completion of hutch for fish. hutch itself answers what can stand where the cursor is.
#
#   hutch completion fish > ~/.config/fish/completions/hutch.fish

function __hutch_complete
    set -l words (commandline --tokenize --cut-at-cursor --current-process)
    set -e words[1]
    set -l current (commandline --cut-at-cursor --current-token)
    for line in (hutch __complete $words "$current" 2>/dev/null)
        if test "$line" = ":files"
            __fish_complete_path "$current"
        else
            echo $line
        end
    end
end

complete --command hutch --no-files --arguments '(__hutch_complete)'
