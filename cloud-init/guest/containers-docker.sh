#!/bin/sh
# Tells of Docker's containers in this guest: `@hutch fact` lines, then one of JSON for each container (`@hutch container`)
# and for what each running one uses (`@hutch use`). Changes nothing. Run as the login user; sudo where Docker lets only root in.
set -eu

# More than these are counted, and not told.
most=200

fact() { printf '@hutch fact %s=%s\n' "$1" "$2"; }

engine() {
  if [ "$by" = sudo ]; then sudo -n docker "$@"; else docker "$@"; fi
}

list() { engine ps --all --quiet --no-trunc 2>&1; }

# By the names of Docker's API, which its own types do not all have: a field that may be missing is asked for by `index`.
about='@hutch container {"id":{{json .Id}},"name":{{json .Name}},"image":{{json .Config.Image}}'
about=$about',"state":{{json .State.Status}},"exitCode":{{json .State.ExitCode}}'
about=$about',"health":{{with index .State "Health"}}{{json .Status}}{{else}}null{{end}}'
about=$about',"nanoCpus":{{json .HostConfig.NanoCpus}},"quota":{{json .HostConfig.CpuQuota}}'
about=$about',"period":{{json .HostConfig.CpuPeriod}},"cpuset":{{json .HostConfig.CpusetCpus}}'
about=$about',"memory":{{json .HostConfig.Memory}}}'

tell() {
  if ! command -v docker >/dev/null 2>&1; then
    fact engine none
    return 0
  fi
  by=login
  if ! said=$(list); then
    by=sudo
    if ! said=$(list); then
      fact engine silent
      fact why "$(printf '%s\n' "$said" | tail -n 1)"
      return 0
    fi
  fi
  fact engine docker
  fact by "$by"
  ids=$(printf '%s\n' "$said" | grep -E '^[0-9a-f]{64}$' || true)
  if [ -z "$ids" ]; then
    fact total 0
    return 0
  fi
  fact total "$(printf '%s\n' "$ids" | wc -l)"
  set --
  while IFS= read -r id; do
    if [ $# -lt "$most" ]; then set -- "$@" "$id"; fi
  done <<IDS
$ids
IDS
  # One that is gone meanwhile is left out.
  engine inspect --type container --format "$about" "$@" 2>/dev/null || true
  engine stats --no-stream --no-trunc --format '@hutch use {{json .}}' 2>/dev/null || true
}

tell </dev/null
