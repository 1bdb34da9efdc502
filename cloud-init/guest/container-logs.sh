#!/bin/sh
# What a container of Docker's wrote, its complaints among the rest. Run as the login user; sudo where Docker lets only root in.
# usage: container-logs.sh docker logs WORDS...
set -eu

if docker version >/dev/null 2>&1; then exec "$@" 2>&1 </dev/null; fi
exec sudo -n "$@" 2>&1 </dev/null
