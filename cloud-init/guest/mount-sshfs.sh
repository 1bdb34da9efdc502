#!/bin/sh
# Mounts what the other end of standard input and output serves by SFTP, and stays until it is unmounted.
# usage: mount-sshfs.sh PATH USER READONLY(0|1), as root
# Everything that it says goes to standard error. Exit 40: sshfs is not there and cannot be installed; 41: something is
# mounted there already; 42: PATH is no folder; 43: this kernel has no FUSE.
set -eu

path=$1
user=$2
readonly=$3

if ! command -v sshfs >/dev/null 2>&1; then
  echo "Installing sshfs in the guest" >&2
  if command -v apt-get >/dev/null 2>&1; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq install -y --no-install-recommends sshfs >&2 </dev/null ||
      { apt-get -qq update >&2 </dev/null && apt-get -qq install -y --no-install-recommends sshfs >&2 </dev/null; } ||
      exit 40
  elif command -v dnf >/dev/null 2>&1; then
    dnf -q -y install fuse-sshfs >&2 </dev/null || exit 40
  elif command -v zypper >/dev/null 2>&1; then
    zypper -q -n install sshfs >&2 </dev/null || exit 40
  elif command -v pacman >/dev/null 2>&1; then
    pacman -Sy --noconfirm sshfs >&2 </dev/null || exit 40
  elif command -v apk >/dev/null 2>&1; then
    apk add sshfs >&2 </dev/null || exit 40
  else
    exit 40
  fi
fi

[ -c /dev/fuse ] || modprobe fuse 2>/dev/null || exit 43
if mountpoint -q -- "$path" 2>/dev/null; then exit 41; fi
if [ ! -d "$path" ]; then
  mkdir -p -- "$path" 2>/dev/null || exit 42
fi

# Renamed in 3.7.2.
passive=slave
if sshfs --help 2>&1 | grep -q passive; then passive=passive; fi
options=$passive,allow_other,default_permissions,uid=$(id -u "$user"),gid=$(id -g "$user")
[ "$readonly" = 0 ] || options=$options,ro
exec sshfs -f -o "$options" ":/" "$path"
