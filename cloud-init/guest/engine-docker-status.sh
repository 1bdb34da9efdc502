#!/bin/sh
# Tells what there is of Docker in this guest, as `@hutch fact` and `@hutch warning` lines. Changes nothing. Run as root.
set -eu

fact() { printf '@hutch fact %s=%s\n' "$1" "$2"; }

has_package() {
  if command -v dpkg-query >/dev/null 2>&1; then
    dpkg-query -W -f '${Status}\n' "$1" 2>/dev/null | grep -q ' installed$'
  elif command -v rpm >/dev/null 2>&1; then
    rpm -q "$1" >/dev/null 2>&1
  else
    return 1
  fi
}

at_boot() {
  if command -v systemctl >/dev/null 2>&1; then
    systemctl is-enabled --quiet docker
  elif command -v rc-update >/dev/null 2>&1; then
    rc-update show default | grep -q ' docker '
  else
    return 1
  fi
}

status() {
  if ! command -v dockerd >/dev/null 2>&1; then
    fact installed no
    return 0
  fi
  fact installed yes
  if has_package docker-ce; then fact source own-repository; else fact source distribution; fi
  if at_boot; then fact enabled yes; else fact enabled no; fi
  if ! docker version >/dev/null 2>&1; then
    fact running no
    return 0
  fi
  fact running yes
  docker info --format '@hutch fact version={{.ServerVersion}}
@hutch fact storage-driver={{.Driver}}
@hutch fact cgroup-version={{.CgroupVersion}}
@hutch fact cgroup-driver={{.CgroupDriver}}
@hutch fact containers={{.Containers}}
{{range .Warnings}}@hutch warning {{.}}
{{end}}' 2>/dev/null
  if compose=$(docker compose version --short 2>/dev/null); then fact compose "$compose"; fi
}

status </dev/null
