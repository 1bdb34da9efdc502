#!/bin/sh
# Installs packages of this guest's own distribution. Run as root.
#
# From the environment: HUTCH_PACKAGES, names between blanks.
#
# Lines that start with @hutch are for programs: step, note, warning, fact.
set -eu

tell() { printf '@hutch %s\n' "$*"; }

have() { command -v "$1" >/dev/null 2>&1; }

apt_get() {
  DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@"
}

install_packages() {
  if have apt-get; then
    apt_get update
    apt_get install --no-install-recommends "$@"
  elif have dnf; then
    dnf -y install "$@"
  elif have zypper; then
    zypper --non-interactive install --no-recommends "$@"
  elif have pacman; then
    pacman -Sy --noconfirm --needed "$@"
  elif have apk; then
    apk add "$@"
  else
    echo "There is no package manager here that hutch knows."
    exit 1
  fi
}

main() {
  tell step "Install $HUTCH_PACKAGES"
  set --
  for name in $HUTCH_PACKAGES; do set -- "$@" "$name"; done
  install_packages "$@"
}

# Nothing that is run here may read the rest of this file from standard input; errors are told in their place.
main </dev/null 2>&1
