# shellcheck shell=bash
# The distribution's package manager. Needs say.sh and ledger.sh.

PACKAGE_LISTS=$(cd "$(dirname "${BASH_SOURCE[0]}")/../packages" && pwd)

# Which of the four there is; nothing and 1 when none is.
package_manager() {
  local family
  # A Debian host may have dnf too, for testing: apt comes first.
  for family in apt dnf zypper pacman; do
    case $family in
      apt) command -v apt-get >/dev/null || continue ;;
      *) command -v "$family" >/dev/null || continue ;;
    esac
    echo "$family"
    return 0
  done
  return 1
}

# packages_of FAMILY MACHINE GROUP...: the names, a line each.
packages_of() {
  local family=$1 machine=$2 group
  shift 2
  for group in "$@"; do
    awk -v group="$group" -v machine="$machine" '
      $1 == group || $1 == group "." machine { for (i = 2; i <= NF; i++) print $i }
    ' "$PACKAGE_LISTS/$family"
  done
}

# is_installed FAMILY PACKAGE
is_installed() {
  case $1 in
    apt) [[ $(dpkg-query -W -f '${db:Status-Status}' "$2" 2>/dev/null) == installed ]] ;;
    dnf | zypper) rpm -q --quiet --whatprovides "$2" 2>/dev/null ;;
    pacman) pacman -T "$2" >/dev/null 2>&1 ;;
  esac
}

# install_groups GROUP...: whatever of them is missing, and writes down what that was.
install_groups() {
  local family name missing=()
  family=$(package_manager) || die "no apt, dnf, zypper or pacman here: install the packages of $PACKAGE_LISTS/apt by hand"
  while read -r name; do
    if ! is_installed "$family" "$name"; then missing+=("$name"); fi
  done < <(packages_of "$family" "$(uname -m)" "$@")
  if ((${#missing[@]} == 0)); then return 0; fi

  say "Installing: ${missing[*]}"
  case $family in
    apt)
      # One source that does not answer is no reason to stop: the install tells whether something is really missing.
      as_root apt-get update -q >&2 || say "Some package lists could not be brought up to date."
      as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}" >&2
      ;;
    dnf) as_root dnf install -y --setopt=install_weak_deps=False "${missing[@]}" >&2 ;;
    zypper) as_root zypper --non-interactive install --no-recommends "${missing[@]}" >&2 ;;
    # Arch has no partial upgrades: packages come with the rest of the system.
    pacman) as_root pacman -Syu --noconfirm --needed "${missing[@]}" >&2 ;;
  esac || die "the packages could not be installed"
  for name in "${missing[@]}"; do ledger_add package "$family" "$name"; done
}

# remove_packages FAMILY NAME...
remove_packages() {
  local family=$1
  shift
  case $family in
    apt) as_root env DEBIAN_FRONTEND=noninteractive apt-get remove -q -y "$@" >&2 ;;
    dnf) as_root dnf remove -y "$@" >&2 ;;
    zypper) as_root zypper --non-interactive remove "$@" >&2 ;;
    pacman) as_root pacman -R --noconfirm "$@" >&2 ;;
  esac
}
