# shellcheck shell=bash
# /dev/kvm must be open to QEMU, which libvirt runs as a user of its own. Where udev has not seen to that, we do.
# Needs say.sh and ledger.sh.

KVM_DEVICE=/dev/kvm

open_kvm_device() {
  local before
  if [[ ! -c $KVM_DEVICE ]] || ! getent group kvm >/dev/null; then return 0; fi
  before=$(stat -c '%U:%G %a' "$KVM_DEVICE")
  if [[ $before != "root:root 600" ]]; then return 0; fi
  say "Opening $KVM_DEVICE to the group kvm, as udev does elsewhere (it was root's alone)"
  ledger_add kvm-device "$before"
  as_root chgrp kvm "$KVM_DEVICE"
  as_root chmod 660 "$KVM_DEVICE"
}

# restore_kvm_device OWNER:GROUP MODE
restore_kvm_device() {
  as_root chown "$1" "$KVM_DEVICE"
  as_root chmod "$2" "$KVM_DEVICE"
}
