#!/bin/sh
# Sends one file, or a folder as a tar archive, after a line that says which.
# usage: copy-send.sh PATH RECURSIVE(0|1)
# Exit 20: it is not there; 21: a folder, and not asked for one; 22: neither file nor folder; 23: no tar; 24: not readable.
set -eu

path=$1
recursive=$2

if [ -d "$path" ]; then
  [ "$recursive" = 1 ] || exit 21
  [ -r "$path" ] && [ -x "$path" ] || exit 24
  command -v tar >/dev/null 2>&1 || exit 23
  echo folder
  exec tar -C "$path" -cf - .
fi
[ -e "$path" ] || exit 20
[ -f "$path" ] || exit 22
[ -r "$path" ] || exit 24
stat -L -c 'file %s %a %Y' -- "$path"
exec cat -- "$path"
