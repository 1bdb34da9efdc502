#!/bin/sh
# Turns a fresh Debian tree into the root file system of a cloud image: lays our files over it, removes what must be made
# anew in each VM, and writes it into the disk. Run by mmdebstrap with the tree's path as the only argument.
#
# From the environment: HUTCH_BUILD (the build's folder, with overlay/ and disk.img), HUTCH_OFFSET (bytes before the file
# system), HUTCH_SIZE_KIB, HUTCH_LABEL.
set -eu

root=$1

rm -rf "$root"/etc/apt/sources.list "$root"/etc/apt/sources.list.d/* "$root/etc/apt/apt.conf.d/00mmdebstrap"
cp -r --no-preserve=ownership "$HUTCH_BUILD/overlay/." "$root/"

# An identity is made at first boot, one for each VM.
: >"$root/etc/machine-id"
rm -f "$root/var/lib/dbus/machine-id" "$root/etc/hostname" "$root"/etc/ssh/ssh_host_*_key "$root"/etc/ssh/ssh_host_*_key.pub
rm -f "$root/var/lib/systemd/random-seed"
ln -sf ../run/systemd/resolve/stub-resolv.conf "$root/etc/resolv.conf"
chroot "$root" passwd --lock --quiet root

# What the build left: package lists and archives, logs, temporary files.
rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin "$root"/var/cache/apt/archives/*.deb
rm -rf "$root"/var/log/apt/* "$root"/var/log/dpkg.log "$root"/var/log/alternatives.log "$root"/tmp/* "$root"/run/*
mkdir -p "$root/run/lock"

# A plain bind mount shows the tree without the /proc, /sys and /dev that are mounted in it now.
view=$HUTCH_BUILD/view
mkdir "$view"
mount --bind "$root" "$view"
mke2fs -q -F -t ext4 -O ^metadata_csum_seed -L "$HUTCH_LABEL" -m 1 \
  -E "offset=$HUTCH_OFFSET" -d "$view" "$HUTCH_BUILD/disk.img" "${HUTCH_SIZE_KIB}k"
umount "$view"
