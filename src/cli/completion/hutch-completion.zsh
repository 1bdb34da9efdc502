#compdef hutch
# Completion of hutch for zsh. hutch itself answers what can stand where the cursor is.
#
#   hutch completion zsh > ~/.zsh/completions/_hutch   # a folder of $fpath, before compinit

_hutch() {
  local line word
  local -a lines described
  lines=("${(@f)$(hutch __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ $lines[1] == :files ]]; then
    _files
    return
  fi
  for line in $lines; do
    [[ -z $line ]] && continue
    word=${${line%%$'\t'*}//:/\\:}
    # What has nothing said of it gets no empty place for that.
    if [[ $line == *$'\t'?* ]]; then described+=("$word:${line#*$'\t'}"); else described+=("$word"); fi
  done
  _describe hutch described
}

# Read by compinit it is the completion itself; read by a shell that runs it has to say what it is for.
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _hutch "$@"
else
  compdef _hutch hutch
fi
