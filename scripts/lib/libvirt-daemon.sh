# shellcheck shell=bash
# The system's libvirt, for root; anybody else's session has its own daemon, which libvirt starts when it is needed.
# Needs say.sh and ledger.sh.

has_systemd() { [[ -d /run/systemd/system ]]; }

# Without a terminal, at which virsh would start an agent of polkit's that has nothing to do here.
virsh_quietly() { timeout 90 setsid --wait virsh --quiet "$@"; }

daemon_answers() { virsh_quietly --connect qemu:///system uri >/dev/null 2>&1; }

# Starts what does not answer yet, and writes down what that was.
start_libvirt() {
  if daemon_answers; then return 0; fi
  if has_systemd; then
    start_libvirt_units
  else
    start_by_hand virtlogd
    start_by_hand libvirtd
  fi
  daemon_answers || die "libvirt does not answer: virsh --connect qemu:///system uri"
}

# One daemon for everything, or one for each kind of object: a distribution has either.
start_libvirt_units() {
  local unit units=(libvirtd.service)
  if ! systemctl cat libvirtd.service >/dev/null 2>&1; then
    units=(virtlogd.socket virtqemud.socket virtnetworkd.socket virtstoraged.socket virtsecretd.socket virtnodedevd.socket)
  fi
  for unit in "${units[@]}"; do
    if systemctl is-enabled --quiet "$unit" && systemctl is-active --quiet "$unit"; then continue; fi
    say "Starting $unit, now and at every boot"
    if ! systemctl is-enabled --quiet "$unit"; then ledger_add unit "$unit"; fi
    systemctl enable --quiet --now "$unit" || die "$unit does not start: systemctl status $unit"
  done
}

# start_by_hand DAEMON, where nothing else does it.
start_by_hand() {
  local daemon=$1 pid_file="/run/$1.pid" ended
  if runs_as "$daemon" "$pid_file"; then return 0; fi
  say "Starting $daemon (no systemd here, so not at the next boot)"
  "$daemon" -d -p "$pid_file" || die "$daemon does not start"
  # Those of before a reboot are gone.
  while read -r ended; do ledger_drop daemon "$ended"; done < <(ledger_list daemon | grep "^$daemon ")
  ledger_add daemon "$daemon" "$(cat "$pid_file")"
}

# runs_as DAEMON PID_FILE
runs_as() {
  local pid
  pid=$(cat "$2" 2>/dev/null) && [[ $(cat "/proc/$pid/comm" 2>/dev/null) == "$1" ]]
}
