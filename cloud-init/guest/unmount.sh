#!/bin/sh
# Takes a shared folder out of the guest: unmounted, and out of /etc/fstab.
# usage: unmount.sh PATH TAG, as root; TAG is empty where there is none
# Exit 45: it is in use.
set -eu

path=$1
tag=$2

if mountpoint -q -- "$path" 2>/dev/null; then
  umount -- "$path" 2>/dev/null || exit 45
fi
[ -n "$tag" ] || exit 0
draft=$(mktemp /etc/fstab.hutch-XXXXXXXX)
trap 'rm -f "$draft"' EXIT
awk -v tag="$tag" '$1 != tag' /etc/fstab >"$draft"
chmod 644 "$draft"
mv -f "$draft" /etc/fstab
trap - EXIT
command -v systemctl >/dev/null 2>&1 && systemctl daemon-reload 2>/dev/null
exit 0
