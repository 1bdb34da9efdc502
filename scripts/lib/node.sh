# shellcheck shell=bash
# Node, the npm packages and the build, all inside the checkout. Needs say.sh, packages.sh and ROOT (the checkout).

# The checkout may belong to the one who typed sudo: what we put into it should as well.
as_owner() {
  local owner
  owner=$(stat -c %U "$ROOT")
  if ((EUID == 0)) && [[ $owner != root && $owner == "${SUDO_USER:-}" ]]; then
    sudo -u "$owner" -H -- env "PATH=$PATH" "$@"
  else
    "$@"
  fi
}

need_npm() {
  if ! command -v npm >/dev/null || ! command -v node >/dev/null; then install_groups node; fi
}

# Everything that package-lock.json asks for is there, the Node that hutch is developed on as well.
npm_is_fresh() {
  [[ $ROOT/node_modules/.package-lock.json -nt $ROOT/package-lock.json && -x $ROOT/node_modules/node/bin/node ]]
}

# Any npm will do: the Node that it brings, of a version that package-lock.json pins, does the rest.
use_node() {
  PATH=$ROOT/node_modules/.bin:$PATH
  export PATH
}

# For running hutch. Only Node's own install script is run, so no compiler is needed.
npm_packages_to_run() {
  if ! npm_is_fresh; then
    need_npm
    say "Fetching the npm packages (with $(node --version))"
    (cd "$ROOT" && as_owner npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2) || die "npm ci failed"
    (cd "$ROOT" && as_owner npm rebuild node --loglevel=error >&2) || die "Node could not be fetched"
  fi
  use_node
}

# For the tests as well: the pseudo-terminal is compiled.
npm_packages_to_test() {
  if ! npm_is_fresh || [[ ! -f $ROOT/node_modules/node-pty/build/Release/pty.node ]]; then
    need_npm
    say "Fetching the npm packages (with $(node --version))"
    # Headers of the installed Node, where it has them, spare a download.
    if [[ -f /usr/include/node/node_api.h ]]; then export npm_config_nodedir=/usr; fi
    (cd "$ROOT" && as_owner npm ci --no-audit --no-fund --loglevel=error >&2) || die "npm ci failed"
  fi
  use_node
}

build_hutch() {
  (cd "$ROOT" && as_owner npm run --silent build >&2) || die "the build failed"
}
