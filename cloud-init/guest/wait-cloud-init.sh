#!/bin/sh
# Waits until cloud-init has finished and prints what it says of itself, with its own exit code.
# It looks at a file instead of running `cloud-init status --wait`, which starts systemctl four times a second and so
# slows down the very boot that it waits for. Exit 3 with "absent": there is no cloud-init here.
set -eu

command -v cloud-init >/dev/null 2>&1 || {
  echo absent
  exit 3
}

looks=0
while [ ! -e /run/cloud-init/result.json ] && [ ! -e /run/cloud-init/disabled ]; do
  looks=$((looks + 1))
  # A final stage that died never writes its result.
  if [ $((looks % 10)) -eq 0 ] && command -v systemctl >/dev/null 2>&1; then
    if systemctl is-failed --quiet cloud-init-local.service cloud-init.service cloud-config.service cloud-final.service; then
      break
    fi
  fi
  sleep 1
done

code=0
said=$(cloud-init status --wait --format json 2>/dev/null) || code=$?
case $said in
  *'{'*) printf '%s\n' "$said" ;;
  *)
    # Before 22.4 there was no JSON.
    code=0
    cloud-init status --long || code=$?
    ;;
esac
exit "$code"
