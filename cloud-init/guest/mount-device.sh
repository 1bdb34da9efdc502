#!/bin/sh
# Enters a shared folder into /etc/fstab and mounts it, so that it is there again after every start.
# usage: mount-device.sh virtiofs|9p TAG PATH READONLY(0|1) NOW(0|1), as root
# Exit 41: something is mounted there already; 42: PATH is no folder; 44: this kernel has no driver for it.
set -eu

type=$1
tag=$2
path=$3
readonly=$4
now=$5

if mountpoint -q -- "$path" 2>/dev/null; then exit 41; fi
if [ ! -d "$path" ]; then
  mkdir -p -- "$path" 2>/dev/null || exit 42
fi
modprobe "$type" 2>/dev/null || grep -qw "$type" /proc/filesystems || exit 44

options=nofail
[ "$type" = virtiofs ] || options=$options,trans=virtio,version=9p2000.L,msize=262144
[ "$readonly" = 0 ] || options=$options,ro
# First, so that what cannot be mounted is not entered either.
[ "$now" = 0 ] || mount -t "$type" -o "$options" "$tag" "$path"

# Blanks, tabs, newlines and backslashes have their own spelling there.
place=$(printf '%s' "$path" | sed -e 's/\\/\\134/g' -e 's/ /\\040/g' -e 's/	/\\011/g' | awk 'NR > 1 { printf "\\012" } { printf "%s", $0 }')
draft=$(mktemp /etc/fstab.hutch-XXXXXXXX)
trap 'rm -f "$draft"' EXIT
awk -v tag="$tag" '$1 != tag' /etc/fstab >"$draft"
printf '%s %s %s %s 0 0\n' "$tag" "$place" "$type" "$options" >>"$draft"
chmod 644 "$draft"
mv -f "$draft" /etc/fstab
trap - EXIT
command -v systemctl >/dev/null 2>&1 && systemctl daemon-reload 2>/dev/null
exit 0
