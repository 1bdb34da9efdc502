#!/bin/sh
# Turns a fresh Debian tree into the root file system of a cloud image: lays our files over it, removes what must be made
# anew in each VM, and writes it into the disk. Run by mmdebstrap with the tree's path as the only argument.
#
# From the environment: HUTCH_BUILD (the build's folder, with overlay/ and disk.img), HUTCH_DIGEST (the program that
# digests a tree; what it says goes to tree.sha256), HUTCH_OFFSET (bytes before the file system), HUTCH_SIZE_KIB,
# HUTCH_LABEL, HUTCH_UUID; SOURCE_DATE_EPOCH if the tree is to come out the same at any time.
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

# What the build left: package lists and archives, logs, temporary files, and caches that tell when and where it was.
rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin "$root"/var/cache/apt/archives/*.deb
rm -rf "$root"/var/log/apt/* "$root"/var/log/dpkg.log "$root"/var/log/alternatives.log "$root"/var/log/bootstrap.log
rm -rf "$root"/tmp/* "$root"/run/* "$root"/var/cache/ldconfig/aux-cache
rm -f "$root"/etc/passwd- "$root"/etc/group- "$root"/etc/shadow- "$root"/etc/gshadow- "$root"/etc/subuid- "$root"/etc/subgid-
rm -f "$root"/var/lib/dpkg/status-old "$root"/var/lib/dpkg/diversions-old "$root"/var/lib/dpkg/statoverride-old
rm -f "$root"/var/cache/debconf/*-old
mkdir -p "$root/run/lock"

# A plain bind mount shows the tree without the /proc, /sys and /dev that are mounted in it now.
view=$HUTCH_BUILD/view
mkdir "$view"
mount --bind "$root" "$view"
if [ -n "${SOURCE_DATE_EPOCH:-}" ]; then
  find "$view" -xdev -newermt "@$SOURCE_DATE_EPOCH" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
  export E2FSPROGS_FAKE_TIME="$SOURCE_DATE_EPOCH"
fi
"$HUTCH_DIGEST" "$view" >"$HUTCH_BUILD/tree.sha256"
mke2fs -q -F -t ext4 -O ^metadata_csum_seed -L "$HUTCH_LABEL" -m 1 -U "$HUTCH_UUID" \
  -E "offset=$HUTCH_OFFSET,hash_seed=$HUTCH_UUID" -d "$view" "$HUTCH_BUILD/disk.img" "${HUTCH_SIZE_KIB}k"
umount "$view"

# mke2fs takes over when files were last read and when their inodes changed, which nothing can set in a tree. Inodes are
# given out in order, so that those in use are the first ones.
if [ -n "${SOURCE_DATE_EPOCH:-}" ]; then
  part="$HUTCH_BUILD/disk.img?offset=$HUTCH_OFFSET"
  field() { dumpe2fs -h "$part" 2>/dev/null | sed -n "s/^$1: *//p"; }
  used=$(($(field 'Inode count') - $(field 'Free inodes')))
  seq "$used" | sed "s/.*/sif <&> atime @$SOURCE_DATE_EPOCH\nsif <&> ctime @$SOURCE_DATE_EPOCH/" >"$HUTCH_BUILD/times"
  debugfs -w -f "$HUTCH_BUILD/times" "$part" >/dev/null
fi
