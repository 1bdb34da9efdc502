#!/bin/sh
# Grows the partition and the file system of / into a disk that has become larger. Run by root; safe to run again.
set -eu
PATH=/usr/sbin:/sbin:/usr/bin:/bin

fail() {
  echo "$1" >&2
  exit 1
}

# A partition that fills its disk already is no failure.
grow_partition() {
  node=$(basename "$(readlink -f "$1")")
  [ -e "/sys/class/block/$node/partition" ] || return 0
  number=$(cat "/sys/class/block/$node/partition")
  disk=$(basename "$(readlink -f "/sys/class/block/$node/..")")
  if command -v growpart >/dev/null; then
    said=$(growpart "/dev/$disk" "$number" 2>&1) || case $said in
      NOCHANGE*) ;;
      *) fail "growpart: $said" ;;
    esac
  elif command -v sfdisk >/dev/null; then
    printf ',+\n' | sfdisk --no-reread --force -N "$number" "/dev/$disk" >/dev/null || fail "sfdisk could not grow partition $number"
    partx -u "/dev/$disk"
  else
    fail "neither growpart nor sfdisk is installed"
  fi
}

source=$(findmnt -n -v -o SOURCE /)
kind=$(findmnt -n -o FSTYPE /)

if [ "$(lsblk -n -d -o TYPE "$source")" = lvm ]; then
  group=$(lvs --noheadings -o vg_name "$source" | tr -d ' ')
  for volume in $(pvs --noheadings -o pv_name -S "vg_name=$group"); do
    grow_partition "$volume"
    pvresize -q "$volume" >/dev/null
  done
  lvextend -q -l +100%FREE "$source" >/dev/null 2>&1 || true
else
  grow_partition "$source"
fi

case $kind in
  ext2 | ext3 | ext4) resize2fs "$source" >/dev/null 2>&1 || fail "resize2fs could not grow $source" ;;
  xfs) xfs_growfs / >/dev/null || fail "xfs_growfs could not grow /" ;;
  btrfs) btrfs filesystem resize max / >/dev/null || fail "btrfs could not grow /" ;;
  *) fail "/ is $kind, which hutch cannot grow" ;;
esac
df -B1 --output=size / | tail -n 1 | tr -d ' '
