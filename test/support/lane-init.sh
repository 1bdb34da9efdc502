#!/usr/bin/env bash
# The first process of a test lane. It lays out the namespaces that it was started in, says its own number as the host
# sees it, and waits for its standard input to end: then the kernel ends everything else in the lane with it.
#
# usage: lane-init.sh HELD [over SOURCE TARGET | show PATH]...
#   over   SOURCE takes the place of TARGET
#   show   PATH can be reached by everybody, although a folder above it is closed to them
set -euo pipefail

held=$1
shift

# /proc is still the host's, so this is the number that the host knows us by.
read -r number _ </proc/self/stat

over=()
show=()
while (($# > 0)); do
  case $1 in
    over)
      over+=("$2" "$3")
      shift 3
      ;;
    show)
      show+=("$2")
      shift 2
      ;;
    *)
      echo "lane-init: what is '$1'?" >&2
      exit 2
      ;;
  esac
done

# The lane's own processes and network devices; no control groups, for they would be the host's.
mount -t proc proc /proc
umount -lR /sys
mount -t sysfs sysfs /sys
ip link set lo up

closed_folder_above() {
  local path=$1 closed='' mode
  while [[ $path != / ]]; do
    path=$(dirname "$path")
    mode=$(stat -c %a "$path")
    if (((8#$mode & 1) == 0)); then closed=$path; fi
  done
  echo "$closed"
}

for index in "${!show[@]}"; do
  mkdir -p "$held/$index"
  mount --rbind "${show[index]}" "$held/$index"
done
for index in "${!show[@]}"; do
  if [[ -d ${show[index]} ]]; then
    closed=$(closed_folder_above "${show[index]}")
    if [[ -n $closed ]]; then mount -t tmpfs -o mode=755 tmpfs "$closed"; fi
  fi
  mkdir -p "${show[index]}"
  mount --move "$held/$index" "${show[index]}"
done

for ((index = 0; index < ${#over[@]}; index += 2)); do
  target=$(readlink -m "${over[index + 1]}")
  # What the target's name leads to may be in a folder that an earlier line put in place, empty.
  if [[ ! -e $target ]]; then
    mkdir -p "$(dirname "$target")"
    : >"$target"
  fi
  mount --bind "${over[index]}" "$target"
done

echo "$number"
exec 1>&-
cat >/dev/null
