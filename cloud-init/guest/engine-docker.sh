#!/bin/sh
# Installs Docker in this guest, lets the login user use it and starts it at every boot. Run as root; may be run again.
#
# From the environment (made by hutch from its recipe):
#   HUTCH_FAMILIES    a line for each family: systems|installer|repository|key|fallback packages|extra packages
#   HUTCH_PACKAGES    what to install from Docker's own repository
#   HUTCH_UPSTREAM    where Docker's own repositories are, HUTCH_BASE: where they are taken from
#   HUTCH_USER        who may use Docker
#   HUTCH_DAEMON_JSON, HUTCH_DAEMON_JSON_BEFORE_23   Docker's settings
#   HUTCH_HTTP_PROXY, HUTCH_HTTPS_PROXY, HUTCH_NO_PROXY   if there is a proxy
#   HUTCH_ROOT        a system's tree to install into, instead of this one
#
# Lines that start with @hutch are for programs: step, note, warning, fact.
set -eu

root=${HUTCH_ROOT:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
changed=no
updated=no

tell() { printf '@hutch %s\n' "$*"; }

# The last line says why.
fail() {
  printf '%s\n' "$*"
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

os_release() (
  # shellcheck source=/dev/null
  . "$root/etc/os-release"
  eval "printf '%s' \"\${$1:-}\""
)

# find_family SYSTEM...: the first that a family has; sets the family's fields.
find_family() {
  for system in "$@"; do
    while IFS='|' read -r systems installer repository key fallback extras; do
      case " $systems " in
        *" $system "*) return 0 ;;
      esac
    done <<FAMILIES
$HUTCH_FAMILIES
FAMILIES
  done
  return 1
}

# fetch URL FILE: fails soon when the server cannot be reached, and says why in $work/why.
fetch() {
  if have curl; then
    curl --fail --silent --show-error --location --connect-timeout 10 --max-time 60 --output "$2" "$1" 2>"$work/why"
  elif have wget; then
    wget --no-verbose --tries=1 --timeout=10 --output-document="$2" "$1" 2>"$work/why"
  else
    /usr/lib/apt/apt-helper -o Acquire::Retries=0 -o Acquire::http::Timeout=10 download-file "$1" "$2" >"$work/why" 2>&1
  fi
}

why() { tail -n 1 "$work/why" | sed 's/^curl: ([0-9]*) //'; }

apt_get() {
  DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@"
}

# The package lists, once. A timer of the distribution may hold their lock after the first boot.
update_lists() {
  [ "$updated" = no ] || return 0
  tell step "Read the distribution's package lists"
  tries=0
  until apt_get update >"$work/update" 2>&1; do
    tries=$((tries + 1))
    if [ "$tries" -ge 30 ] || ! grep -q 'Could not get lock' "$work/update"; then
      cat "$work/update"
      fail "The distribution's package lists cannot be read: $(grep '^E:' "$work/update" | head -n 1)"
    fi
    sleep 5
  done
  updated=yes
}

dnf_run() {
  if have dnf; then
    dnf -y ${root:+--installroot="$root" --releasever="$(os_release VERSION_ID | cut -d. -f1)"} "$@"
  else
    yum -y "$@"
  fi
}

has_package() {
  case $installer in
    apt) dpkg-query -W -f '${Status}\n' "$1" 2>/dev/null | grep -q ' installed$' ;;
    dnf | zypper) rpm ${root:+--root "$root"} --quiet -q "$1" >/dev/null 2>&1 ;;
    pacman) pacman -Q "$1" >/dev/null 2>&1 ;;
    apk) apk info -e "$1" >/dev/null 2>&1 ;;
  esac
}

# The distribution's own Docker, with all that belongs to it.
has_fallback() {
  [ -n "$fallback" ] || return 1
  for name in $fallback; do has_package "$name" || return 1; done
}

install_packages() {
  case $installer in
    apt) apt_get install --no-install-recommends "$@" ;;
    dnf) dnf_run install "$@" ;;
    zypper) zypper --non-interactive install --no-recommends "$@" ;;
    pacman) pacman -Sy --noconfirm --needed "$@" ;;
    apk) apk add "$@" ;;
  esac
}

# offers NAME or NAME>=VERSION: whether the distribution has it.
offers() {
  name=${1%%>=*}
  case $installer in
    apt)
      version=$(apt-cache show --no-all-versions "$name" 2>/dev/null | sed -n 's/^Version: //p' | head -n 1)
      [ -n "$version" ] || return 1
      [ "$name" = "$1" ] || dpkg --compare-versions "$version" ge "${1#*>=}"
      ;;
    dnf) dnf_run -q info "$name" >/dev/null 2>&1 ;;
    zypper) zypper --non-interactive info "$name" 2>/dev/null | grep -q '^Name' ;;
    pacman) pacman -Si "$name" >/dev/null 2>&1 ;;
    apk) [ -n "$(apk search --exact "$name")" ] ;;
  esac
}

# check_key FILE URL: exactly one key, and the expected one; else whoever serves it could sign what he likes.
check_key() {
  if ! have gpg; then
    tell step "Install gpg, to check the repository's key"
    if [ "$installer" = apt ]; then update_lists; fi
    if [ "$installer" = apt ]; then install_packages gpg; else install_packages gnupg2; fi
  fi
  found=$(GNUPGHOME=$work gpg --batch --show-keys --with-colons "$1" 2>/dev/null |
    awk -F: '$1 == "pub" { wanted = 1 } $1 == "fpr" && wanted { printf "%s%s", comma, $10; comma = ", "; wanted = 0 }')
  if [ "$found" != "$key" ]; then
    fail "The key at $2 is not the one expected, so nothing is installed from there: expected $key, found ${found:-no key}."
  fi
}

# reaches_apt, reaches_dnf: fetch what says that Docker has a repository for this system, and the key.
reaches_apt() {
  suite=$(os_release UBUNTU_CODENAME)
  suite=${suite:-$(os_release VERSION_CODENAME)}
  fetch "$repository/dists/$suite/Release" "$work/Release" && fetch "$repository/gpg" "$work/key.asc"
}

reaches_dnf() {
  fetch "$repository/docker-ce.repo" "$work/docker-ce.repo" && fetch "$repository/gpg" "$work/key.asc"
}

add_apt() {
  install -D -m 0644 "$work/key.asc" /etc/apt/keyrings/docker.asc
  printf '%s\n' 'Types: deb' "URIs: $repository" "Suites: $suite" 'Components: stable' \
    "Architectures: $(dpkg --print-architecture)" 'Signed-By: /etc/apt/keyrings/docker.asc' >"$work/docker.sources"
  install -D -m 0644 "$work/docker.sources" /etc/apt/sources.list.d/docker.sources
  tell step "Read Docker's package list"
  if ! apt_get update -o Dir::Etc::SourceList=/etc/apt/sources.list.d/docker.sources -o Dir::Etc::SourceParts=- \
    -o APT::Get::List-Cleanup=0 --error-on=any; then
    rm -f /etc/apt/sources.list.d/docker.sources
    fail "The package list of $repository cannot be used; see above."
  fi
}

add_dnf() {
  keyring=$root/etc/pki/rpm-gpg/RPM-GPG-KEY-docker
  install -D -m 0644 "$work/key.asc" "$keyring"
  # Whatever a mirror's file says: its packages come from there, and are checked against the key that was checked.
  sed -e "s|$HUTCH_UPSTREAM|$HUTCH_BASE|g" -e "s|^gpgkey *=.*|gpgkey=file://$keyring|" -e 's|^gpgcheck *=.*|gpgcheck=1|' \
    "$work/docker-ce.repo" >"$work/hutch.repo"
  install -D -m 0644 "$work/hutch.repo" "$root/etc/yum.repos.d/docker-ce.repo"
}

# Whether this guest reaches Docker's own repository; says so when it does not.
reaches_own() {
  [ -n "$repository" ] || return 1
  tell step "Look for Docker's own repository at $repository"
  if "reaches_$installer"; then return 0; fi
  tell warning "Docker's own repository cannot be reached: $(why)"
  return 1
}

from_own_repository() {
  check_key "$work/key.asc" "$repository/gpg"
  if [ "$installer" = apt ]; then update_lists; fi
  "add_$installer"
  tell step "Install Docker from its own repository"
  set --
  for name in $HUTCH_PACKAGES; do set -- "$@" "$name"; done
  install_packages "$@"
}

from_distribution() {
  [ -n "$fallback" ] || fail "This distribution has no Docker package of its own, and Docker's own repository cannot be reached."
  tell step "Install Docker from the distribution's own packages"
  if [ "$installer" = apt ]; then update_lists; fi
  set --
  for name in $fallback; do set -- "$@" "$name"; done
  for extra in $extras; do
    if offers "$extra"; then set -- "$@" "${extra%%>=*}"; fi
  done
  install_packages "$@"
}

# write_settings TEXT: daemon.json, unless someone else wrote the one that is there.
write_settings() {
  settings=$root/etc/docker/daemon.json
  ours=$settings.hutch
  printf '%s\n' "$1" >"$work/daemon.json"
  if cmp -s "$work/daemon.json" "$settings"; then return 0; fi
  if [ -e "$settings" ] && ! cmp -s "$settings" "$ours"; then
    tell warning "/etc/docker/daemon.json was not written by hutch and stays as it is."
    return 0
  fi
  install -D -m 0600 "$work/daemon.json" "$ours"
  install -m 0600 "$work/daemon.json" "$settings"
  changed=yes
}

# Docker 23 reads its proxy from daemon.json; an older one would not start with that, and gets it from its environment.
configure() {
  if [ -z "$root" ] && [ "$(dockerd --version | sed 's/^[^0-9]*\([0-9]*\).*/\1/')" -lt 23 ]; then
    write_settings "$HUTCH_DAEMON_JSON_BEFORE_23"
    write_proxy
  else
    write_settings "$HUTCH_DAEMON_JSON"
  fi
}

write_proxy() {
  variables=/etc/docker/proxy.env
  drop_in=/etc/systemd/system/docker.service.d/hutch-proxy.conf
  if [ -z "${HUTCH_HTTP_PROXY:-}${HUTCH_HTTPS_PROXY:-}" ]; then
    [ -e "$drop_in" ] || return 0
    rm -f "$drop_in" "$variables"
  else
    printf '%s\n' "HTTP_PROXY=${HUTCH_HTTP_PROXY:-}" "HTTPS_PROXY=${HUTCH_HTTPS_PROXY:-}" "NO_PROXY=${HUTCH_NO_PROXY:-}" >"$work/proxy.env"
    printf '%s\n' '[Service]' "EnvironmentFile=$variables" >"$work/hutch-proxy.conf"
    if cmp -s "$work/proxy.env" "$variables"; then return 0; fi
    install -D -m 0600 "$work/proxy.env" "$variables"
    install -D -m 0644 "$work/hutch-proxy.conf" "$drop_in"
  fi
  if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
  changed=yes
}

start_at_boot() {
  if [ -n "$root" ]; then
    systemctl --root="$root" enable docker
  elif [ -d /run/systemd/system ]; then
    # Debian's package has done both already, and doing them again is slow.
    if systemctl is-enabled --quiet docker; then systemctl start docker; else systemctl enable --now docker; fi
    if [ "$changed" = yes ]; then systemctl restart docker; fi
  elif have rc-update; then
    rc-update add docker default
    if [ "$changed" = yes ]; then rc-service docker restart; else rc-service docker start; fi
  else
    tell warning "There is neither systemd nor OpenRC here: start dockerd by hand."
  fi
}

let_user_in() {
  if ! grep -q "^$HUTCH_USER:" "$root/etc/passwd"; then
    tell warning "There is no user $HUTCH_USER here, so only root may use Docker."
    return 0
  fi
  if ! grep -q '^docker:' "$root/etc/group"; then
    groupadd --system ${root:+--prefix "$root"} docker
  fi
  if grep -q "^docker:.*[:,]$HUTCH_USER\(,\|\$\)" "$root/etc/group"; then return 0; fi
  if have usermod; then
    usermod ${root:+--prefix "$root"} --append --groups docker "$HUTCH_USER"
  else
    addgroup "$HUTCH_USER" docker
  fi
  tell note "$HUTCH_USER may use Docker from the next login on; it makes $HUTCH_USER as mighty as root in this VM."
}

use_proxy() {
  if [ -n "${HUTCH_HTTP_PROXY:-}" ]; then export http_proxy="$HUTCH_HTTP_PROXY"; fi
  if [ -n "${HUTCH_HTTPS_PROXY:-}" ]; then export https_proxy="$HUTCH_HTTPS_PROXY"; fi
  if [ -n "${HUTCH_NO_PROXY:-}" ]; then export no_proxy="$HUTCH_NO_PROXY"; fi
}

main() {
  set --
  for system in $(os_release ID) $(os_release ID_LIKE); do set -- "$@" "$system"; done
  find_family "$@" || fail "There is no recipe for this distribution: $(os_release PRETTY_NAME)"
  use_proxy

  if has_package docker-ce || has_fallback; then
    tell note "Docker is installed already."
  else
    # Before Docker is there, so that its first start is with these settings, whatever its version will be.
    write_settings "$HUTCH_DAEMON_JSON_BEFORE_23"
    # The two exclude one another; what an earlier run began is completed.
    if ! has_package "${fallback%% *}" && reaches_own; then from_own_repository; else from_distribution; fi
    changed=no
  fi

  configure
  let_user_in
  tell step "Start Docker, now and at every boot"
  start_at_boot
}

# Nothing that is run here may read the rest of this file from standard input; errors are told in their place.
main </dev/null 2>&1
