#!/bin/sh
# Takes one file, or a folder as a tar archive, from standard input.
# usage: copy-receive.sh KIND DEST NAME INTO MODE MTIME KEEP TOKEN
#   KIND   file | folder
#   DEST   where to: a folder takes it under NAME
#   INTO   1: DEST must be a folder
#   MODE, MTIME   of the file, octal and epoch seconds
#   KEEP   1: keep permissions and times
#   TOKEN  ends a file: without it the sender broke off, and the file is not put in place
# Exit 30: DEST is no folder; 31: something that is no file is there; 32: something that is no folder is there;
# 33: the folder around it is not there; 34: it may not be written; 35: it broke off; 23: no tar.
set -eu

kind=$1
dest=$2
name=$3
into=$4
mode=$5
mtime=$6
keep=$7
token=$8

if [ -d "$dest" ]; then
  [ -z "$name" ] || dest=${dest%/}/$name
elif [ "$into" = 1 ]; then
  exit 30
fi

if [ "$kind" = folder ]; then
  command -v tar >/dev/null 2>&1 || exit 23
  if [ ! -d "$dest" ]; then
    [ ! -e "$dest" ] || exit 32
    around=${dest%/}
    case $around in */*) around=${around%/*}/ ;; *) around=./ ;; esac
    [ -d "$around" ] || exit 33
    mkdir "$dest" 2>/dev/null || exit 34
  fi
  [ -w "$dest" ] || exit 34
  if [ "$keep" = 1 ]; then
    exec tar -C "$dest" -x -p -o -f -
  fi
  exec tar -C "$dest" -x -m -o --no-same-permissions -f -
fi

# The file that a link leads to is replaced, not the link.
[ ! -L "$dest" ] || dest=$(readlink -f -- "$dest") || exit 33
if [ -e "$dest" ]; then
  [ -f "$dest" ] || exit 31
  [ "$keep" = 1 ] || mode=$(stat -c %a -- "$dest")
elif [ "$keep" = 0 ]; then
  mode=$(printf '%o' "$((0$mode & ~0$(umask)))")
fi
case $dest in */*) around=${dest%/*}/ ;; *) around=./ ;; esac
[ -d "$around" ] || exit 33
draft=$(mktemp "${around}.hutch-XXXXXXXX" 2>/dev/null) || exit 34
trap 'rm -f "$draft"' EXIT
cat >"$draft"
size=$(($(wc -c <"$draft") - ${#token}))
if [ "$size" -lt 0 ] || [ "$(tail -c "${#token}" "$draft")" != "$token" ]; then
  exit 35
fi
dd if=/dev/null of="$draft" bs=1 seek="$size" 2>/dev/null
chmod "$mode" "$draft"
[ "$keep" = 0 ] || touch -d "@$mtime" "$draft"
mv -f -- "$draft" "$dest"
trap - EXIT
