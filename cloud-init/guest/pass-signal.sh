#!/bin/sh
# Sends a signal to the command that carries a mark in its environment, and to what it started in its process group.
# usage: sh -s SIGNAL MARK. Exit 1: there is no such command. Run as root, for the command may be root's.
set -eu

files=$(grep -lF "HUTCH_EXEC=$2" /proc/[0-9]*/environ 2>/dev/null) || true
marked=' '
for file in $files; do
  pid=${file#/proc/}
  marked="$marked${pid%/environ} "
done

found=1
for pid in $marked; do
  # After the name, which may hold anything: state, parent, group.
  stat=$(cat "/proc/$pid/stat" 2>/dev/null) || continue
  # shellcheck disable=SC2086
  set -- "$1" ${stat##*)}
  # What another marked one started is in its group, or has left it on purpose; so has what init took over.
  case $marked in *" $3 "*) continue ;; esac
  [ "$3" -ne 1 ] || continue
  kill -s "$1" -- "-$4" 2>/dev/null && found=0
done
exit "$found"
