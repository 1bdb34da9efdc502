#!/bin/sh
# In a copy of a VM, at its first boot: what must not be the same in two machines, and cloud-init does not make anew.
set -eu
rm -f /etc/machine-id /var/lib/dbus/machine-id
systemd-machine-id-setup >/dev/null 2>&1
[ ! -d /var/lib/dbus ] || ln -sf /etc/machine-id /var/lib/dbus/machine-id
rm -f /var/lib/systemd/random-seed /var/lib/docker/engine-id /etc/docker/key.json
