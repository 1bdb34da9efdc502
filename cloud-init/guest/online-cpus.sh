#!/bin/sh
# Takes CPUs that were plugged in into use, and prints how many there are. Run by root; safe to run again.
set -eu
for switch in /sys/devices/system/cpu/cpu[0-9]*/online; do
  [ -e "$switch" ] || continue
  [ "$(cat "$switch")" = 1 ] || echo 1 >"$switch"
done
nproc --all
