#!/bin/sh
# Waits until cloud-init has finished and prints what it left in its two files, as one JSON object.
# It looks at a file instead of running `cloud-init status --wait`, which starts Python, and systemctl four times a
# second, and so slows down the very boot that it waits for.
# Exit 3 with "absent": there is no cloud-init here, or it does not run. Exit 4: only cloud-init itself can tell.
set -eu

command -v cloud-init >/dev/null 2>&1 || {
  echo absent
  exit 3
}

run=/run/cloud-init
units="cloud-init-local.service cloud-init-main.service cloud-init.service cloud-init-network.service
  cloud-config.service cloud-final.service"

# shellcheck disable=SC2086
failed() {
  command -v systemctl >/dev/null 2>&1 && systemctl is-failed --quiet $units
}

booted() {
  case $(systemctl is-system-running 2>/dev/null) in
    running | degraded) true ;;
    *) false ;;
  esac
}

looks=0
while [ ! -e "$run/result.json" ]; do
  [ ! -e "$run/disabled" ] || exit 4
  looks=$((looks + 1))
  if [ $((looks % 20)) -eq 0 ]; then
    # A stage that died never writes its result.
    ! failed || exit 4
    if booted && [ ! -e "$run/result.json" ]; then
      echo absent
      exit 3
    fi
  fi
  # Parts of a second are not in POSIX.
  sleep 0.3 2>/dev/null || sleep 1
done

! failed || exit 4
printf '{"status": %s, "result": %s}\n' "$(cat "$run/status.json")" "$(cat "$run/result.json")"
