# shellcheck shell=bash
# What quickstart made or changed, one line each, so that uninstall takes back that and nothing else.

ledger_file() {
  if [[ -n ${XDG_STATE_HOME:-} ]]; then
    echo "$XDG_STATE_HOME/hutch/quickstart.state"
  elif ((EUID == 0)); then
    echo /var/lib/hutch/quickstart.state
  else
    echo "$HOME/.local/state/hutch/quickstart.state"
  fi
}

# ledger_add WORD...: written down once, however often it is said.
ledger_add() {
  local file line=$*
  file=$(ledger_file)
  mkdir -p "$(dirname "$file")"
  touch "$file"
  if ! grep -qxF -- "$line" "$file"; then echo "$line" >>"$file"; fi
}

# ledger_has WORD...
ledger_has() {
  local file
  file=$(ledger_file)
  [[ -f $file ]] && grep -qxF -- "$*" "$file"
}

# ledger_list KIND: what follows the kind, a line each, the newest first.
ledger_list() {
  local file
  file=$(ledger_file)
  if [[ -f $file ]]; then sed -n "s/^$1 //p" "$file" | tac; fi
}

# ledger_drop WORD...: it is no longer there. An empty ledger goes away.
ledger_drop() {
  local file rest
  file=$(ledger_file)
  if [[ ! -f $file ]]; then return 0; fi
  rest=$(grep -vxF -- "$*" "$file" || true)
  if [[ -n $rest ]]; then
    printf '%s\n' "$rest" >"$file"
  else
    rm -f "$file"
    rmdir --ignore-fail-on-non-empty "$(dirname "$file")"
  fi
}
