# shellcheck shell=bash
# What hutch makes for the quickstart VM, looked at from outside. Needs ROOT (the checkout).

# hutch makes the same choice by itself.
if ((EUID == 0)); then
  export VIRSH_DEFAULT_CONNECT_URI=qemu:///system
else
  export VIRSH_DEFAULT_CONNECT_URI=qemu:///session
fi

hutch() { "$ROOT/scripts/hutch" "$@"; }

# uuid_of_vm NAME; 1 when there is none.
uuid_of_vm() { virsh_quietly domuuid "$1" 2>/dev/null | grep .; }

# What a launch may make or start beside the VM, a line each: kind and name.
surroundings() {
  virsh_quietly pool-list --all --name | sed -n 's/^hutch *$/pool hutch/p'
  hutch --quiet image ls -o name | sed 's/^/image /'
  if ((EUID == 0)); then virsh_quietly net-list --name | sed -n 's/^default *$/network default/p'; fi
}
