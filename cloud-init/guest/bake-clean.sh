#!/bin/sh
# Takes everything from this guest by which it could be told from another made of the same image: who made it, what it was
# called, what it has written down since. Then makes its disk read-only, so that nothing comes back until its power is cut.
# Run as root, as the last thing that is ever done here.
#
# From the environment: HUTCH_USER, the login user that is to be gone.
#
# Lines that start with @hutch are for programs: step, note, warning, fact.
set -eu

tell() { printf '@hutch %s\n' "$*"; }

have() { command -v "$1" >/dev/null 2>&1; }

fail() {
  printf '%s\n' "$*"
  exit 1
}

# What runs by itself would write its state anew; a file that is open would keep its place on the disk when it is removed.
stop_services() {
  have systemctl || return 0
  for unit in docker.socket docker.service containerd.service apt-daily.timer apt-daily-upgrade.timer \
    apt-daily.service apt-daily-upgrade.service unattended-upgrades.service rsyslog.service cron.service \
    systemd-timesyncd.service systemd-resolved.service systemd-hostnamed.service polkit.service; do
    if systemctl is-active --quiet "$unit"; then systemctl stop "$unit"; fi
  done
  if have journalctl; then journalctl --relinquish-var || systemctl stop systemd-journald.socket systemd-journald.service || true; fi
}

# Images that were pulled stay; the engine gets a name, a key and networks of its own when it starts next.
clean_engine() {
  rm -f /var/lib/docker/engine-id /etc/docker/key.json /var/lib/docker/network/files/local-kv.db
  rm -rf /var/lib/docker/containers/* /var/lib/docker/tmp/* /var/lib/containerd/io.containerd.grpc.v1.introspection
}

clean_cloud_init() {
  if have cloud-init; then cloud-init clean --logs --seed >/dev/null 2>&1 || true; fi
  rm -rf /var/lib/cloud/* /run/cloud-init/* /var/log/cloud-init*
  rm -f /etc/ssh/sshd_config.d/50-cloud-init.conf
}

# Configuration that holds for one network card, and addresses that were lent to it.
clean_network() {
  rm -f /etc/netplan/50-cloud-init.yaml /etc/network/interfaces.d/50-cloud-init*
  rm -f /etc/systemd/network/10-cloud-init-*.network /etc/systemd/network/10-cloud-init-*.link
  rm -f /etc/udev/rules.d/70-persistent-net.rules /etc/udev/rules.d/85-persistent-net-cloud-init.rules
  rm -f /etc/NetworkManager/system-connections/cloud-init-*.nmconnection
  rm -f /var/lib/dhcp/* /var/lib/dhclient/* /var/lib/dhcpcd/* /var/lib/NetworkManager/*lease* /var/lib/NetworkManager/secret_key
  rm -f /var/lib/wicked/*.xml
  for file in /etc/sysconfig/network-scripts/ifcfg-*; do
    if [ -e "$file" ] && grep -q '^HWADDR=' "$file"; then rm -f "$file"; fi
  done
}

clean_name() {
  name=$(uname -n)
  rm -f /etc/hostname
  # cloud-init's own template has the name in a line of its own.
  sed -i "/[[:space:]]$name\([[:space:].]\|\$\)/d" /etc/hosts
  : >/etc/machine-id
  if [ ! -L /var/lib/dbus/machine-id ]; then rm -f /var/lib/dbus/machine-id; fi
  rm -f /etc/ssh/ssh_host_* /var/lib/systemd/random-seed /var/lib/systemd/credential.secret /var/lib/urandom/random-seed
  if [ -e /etc/iscsi/initiatorname.iscsi ]; then
    # Debian's service makes a name where the file says so, and does not start where there is none; others make the file.
    if have dpkg; then echo GenerateName=yes >/etc/iscsi/initiatorname.iscsi; else rm -f /etc/iscsi/initiatorname.iscsi; fi
  fi
}

# Other users, whom the recipe made, stay with their sudo rules; nobody's keys do, wherever their homes are.
clean_users() {
  if grep -q "^$HUTCH_USER:" /etc/passwd; then
    if have userdel; then userdel --force --remove "$HUTCH_USER" >/dev/null 2>&1 || true; else deluser --remove-home "$HUTCH_USER"; fi
  fi
  if grep -q "^$HUTCH_USER:" /etc/passwd; then fail "The user $HUTCH_USER could not be removed."; fi
  for list in passwd group shadow gshadow subuid subgid; do
    [ -e "/etc/$list" ] || continue
    # Its id ranges, its group, and its place in the groups of others.
    sed -i -e "/^$HUTCH_USER:/d" -e "s/\([:,]\)$HUTCH_USER,/\1/" -e "s/[,]$HUTCH_USER\$//" -e "s/:$HUTCH_USER\$/:/" "/etc/$list"
    if [ -e "/etc/$list-" ]; then cp -p "/etc/$list" "/etc/$list-"; fi
  done
  rm -rf "/home/${HUTCH_USER:?}" "/var/mail/$HUTCH_USER" "/var/spool/mail/$HUTCH_USER" "/var/spool/cron/crontabs/$HUTCH_USER"
  rm -rf "/var/lib/systemd/linger/$HUTCH_USER" "/var/lib/AccountsService/users/$HUTCH_USER" /var/lib/sudo/lectured/* /var/db/sudo/lectured/*
  # cloud-init writes the rules of all users into one file.
  rules=/etc/sudoers.d/90-cloud-init-users
  if [ -e "$rules" ]; then
    sed -i -e "/^# User rules for $HUTCH_USER\$/d" -e "/^${HUTCH_USER}[[:space:]]/d" "$rules"
    if ! grep -q '^[^#]' "$rules"; then rm -f "$rules"; fi
  fi
  { printf '%s\n' /root /home/* && cut -d : -f 6 /etc/passwd; } | sort -u | while IFS= read -r home; do
    case $home in /?*) ;; *) continue ;; esac
    rm -f "$home/.ssh/authorized_keys" "$home/.ssh/authorized_keys2" "$home/.ssh/known_hosts"
    rm -f "$home"/.*_history "$home/.viminfo" "$home/.lesshst" "$home/.wget-hsts" "$home/.sudo_as_admin_successful"
    rm -rf "$home/.cache" "$home/.docker/buildx"
  done
}

# Logs that must exist with their owner and mode are emptied; what was rotated away goes.
clean_logs() {
  rm -rf /var/log/journal/* /var/log/apt/* /var/log/installer
  find /var/log -xdev -type f \( -name '*.gz' -o -name '*.xz' -o -name '*.[0-9]' -o -name '*.old' \) -exec rm -f {} +
  find /var/log -xdev -type f -exec sh -c 'for file; do : >"$file"; done' sh {} +
  rm -f /var/lib/wtmpdb/* /var/lib/lastlog/* /var/lib/logrotate/status /var/lib/systemd/timesync/clock
  rm -rf /var/lib/systemd/coredump/* /var/crash/*
}

clean_caches() {
  rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb /var/cache/apt/*.bin
  rm -rf /var/cache/dnf/* /var/cache/libdnf5/* /var/cache/yum/* /var/cache/zypp/* /var/cache/pacman/pkg/* /var/cache/apk/*
  rm -f /var/lib/dpkg/status-old /var/cache/debconf/*-old
  find /tmp /var/tmp -xdev -mindepth 1 ! -path '*/systemd-private-*' -delete 2>/dev/null || true
}

# Where the free blocks of a file system cannot be told: writes zeros until it is full, and gives the space back.
fill_free_space() {
  dd if=/dev/zero of=/hutch-zeros bs=1M 2>/dev/null || true
  sync
  rm -f /hutch-zeros
  if have fstrim; then fstrim --all 2>/dev/null || true; fi
}

# Not by a shutdown, which would write logs, a random seed and who was logged in until when.
freeze() {
  sync
  echo u >/proc/sysrq-trigger
  looks=0
  until grep -q '^[^ ]* / [^ ]* ro[, ]' /proc/mounts; do
    looks=$((looks + 1))
    if [ "$looks" -ge 60 ]; then fail "The disk could not be made read-only."; fi
    sleep 1
  done
}

# zero FIRST COUNT: blocks of the file system, which the disk forgets where it can.
zero() {
  blkdiscard --force --zeroout --offset $(($1 * block)) --length $(($2 * block)) "$device" 2>/dev/null ||
    dd if=/dev/zero of="$device" bs="$block" seek="$1" count="$2" conv=notrunc,fsync 2>/dev/null ||
    fail "Free space could not be overwritten."
}

# ranges FIRST-LAST...: one line each, split at commas too, as FIRST and COUNT.
ranges() {
  tr -d ' ' | tr ',' '\n' | while IFS=- read -r first last; do
    if [ -n "$first" ]; then echo "$first $((${last:-$first} - first + 1))"; fi
  done
}

# Of an ext4 that nobody writes to any more: all blocks that no file has, and the journal, which keeps the names of files
# that were removed, but for its first block, which says that there is nothing to be replayed.
wipe_ext4() {
  if dumpe2fs -h "$device" 2>/dev/null | grep -q needs_recovery; then fail "The disk was not left in order."; fi
  block=$(dumpe2fs -h "$device" 2>/dev/null | sed -n 's/^Block size: *//p')
  journal=$(dumpe2fs -h "$device" 2>/dev/null | sed -n 's/^Journal inode: *//p')
  {
    dumpe2fs "$device" 2>/dev/null | sed -n 's/^  Free blocks: *//p' | ranges
    debugfs -R "stat <$journal>" "$device" 2>/dev/null | sed -n '/^EXTENTS:/,$p' | grep -o '([0-9-]*):[0-9-]*' |
      sed '/^(0):/d; s/^(0-[0-9]*):\([0-9]*\)-/\1+/; s/^(.*)://' | while IFS= read -r extent; do
      case $extent in
        *+*) echo "$((${extent%+*} + 1))-${extent#*+}" ;;
        *) echo "$extent" ;;
      esac
    done | ranges
  } >/run/hutch-free
  while read -r first count; do
    if [ "$count" -gt 0 ]; then zero "$first" "$count"; fi
  done </run/hutch-free
  sync
}

main() {
  tell step "Stop what runs"
  stop_services
  tell step "Remove its identity"
  clean_engine
  clean_cloud_init
  clean_network
  clean_users
  clean_name
  tell step "Remove logs and caches"
  clean_logs
  clean_caches
  tell step "Overwrite what was removed"
  device=$(findmnt -n -o SOURCE /)
  kind=$(findmnt -n -o FSTYPE /)
  if [ "$kind" != ext4 ] || ! have debugfs; then fill_free_space; fi
  freeze
  if [ "$kind" = ext4 ] && have debugfs; then wipe_ext4; fi
  tell fact "cleaned=yes"
}

# Nothing that is run here may read the rest of this file from standard input; errors are told in their place.
main </dev/null 2>&1
