# Completion of hutch for bash. hutch itself answers what can stand where the cursor is.
#
#   hutch completion bash > ~/.local/share/bash-completion/completions/hutch

_hutch() {
  local line word
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      compopt -o default
      return
    fi
    word=${line%%$'\t'*}
    # As it has to stand on the command line, blanks and all.
    COMPREPLY+=("$(printf '%q' "$word")")
  done < <(hutch __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}

complete -F _hutch hutch
