# shellcheck shell=bash
# Talk, to stderr; data goes to stdout.

say() { printf '%s\n' "$*" >&2; }

heading() { printf '\n==> %s\n' "$*" >&2; }

die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# Runs a command as root: by sudo unless we are root.
as_root() {
  if ((EUID == 0)); then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo -- "$@"
  else
    die "this needs root: $* (run it again as root, or install sudo)"
  fi
}
