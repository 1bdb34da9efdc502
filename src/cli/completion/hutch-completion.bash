# Completion of hutch for bash. hutch itself answers what can stand where the cursor is.
#
#   hutch completion bash > ~/.local/share/bash-completion/completions/hutch

_hutch() {
  local line word typed before=
  COMPREPLY=()
  # What bash puts in is what stands after the last colon.
  typed=${COMP_LINE:0:COMP_POINT}
  typed=${typed##*[[:blank:]]}
  if [[ $typed == --*=* ]]; then typed=${typed#*=}; fi
  if [[ $typed == *:* && $COMP_WORDBREAKS == *:* ]]; then before=${typed%:*}:; fi
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      compopt -o default
      return
    fi
    word=${line%%$'\t'*}
    # As it has to stand on the command line, blanks and all.
    COMPREPLY+=("$(printf '%q' "${word#"$before"}")")
  done < <(hutch __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}

complete -F _hutch hutch
