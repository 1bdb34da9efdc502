#!/bin/sh
# Proves that Docker works in this guest: runs a container, with limits and without a registry. Its image is made of this
# guest's own shell and the libraries that the shell needs. Run as root.
set -eu

image=hutch-probe:$$
work=$(mktemp -d)

clean_up() {
  docker image rm --force "$image" >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap clean_up EXIT

tell() { printf '@hutch %s\n' "$*"; }

# The engine answers a little after its service has started.
wait_for_docker() {
  tries=0
  until docker version >/dev/null 2>"$work/why"; do
    tries=$((tries + 1))
    if [ "$tries" -ge 60 ]; then
      echo "Docker does not answer: $(tail -n 1 "$work/why")"
      exit 1
    fi
    sleep 1
  done
}

make_image() {
  set -- bin/sh
  for library in $(ldd /bin/sh | grep -o '/[^ )]*'); do set -- "$@" "${library#/}"; done
  tar -c -h -f - -C / "$@" | docker import - "$image" >/dev/null
}

# Ends with a code of its own, so that a failure of Docker's is not taken for success.
run_container() {
  docker run --interactive --rm --network none --memory 64m --cpus 0.5 "$image" /bin/sh -s <<'PROGRAM'
read -r kernel </proc/sys/kernel/osrelease
limit=0
for file in /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes; do
  if [ -r "$file" ]; then read -r limit <"$file"; fi
done
echo "Hello from a container: Linux $kernel, $((limit / 1048576)) MiB of memory."
exit 7
PROGRAM
}

verify() {
  tell step "Run a container"
  wait_for_docker
  make_image
  code=0
  run_container >"$work/said" 2>&1 || code=$?
  while IFS= read -r line; do tell note "$line"; done <"$work/said"
  if [ "$code" -ne 7 ] || ! grep -q '^Hello from a container' "$work/said"; then
    echo "The container did not run as it should (exit code $code instead of 7): $(tail -n 1 "$work/said")"
    exit 1
  fi
  if ! grep -q ' 64 MiB ' "$work/said"; then
    tell warning "A container's memory limit has no effect in this guest."
  fi
  tell fact "container=ok"
}

verify </dev/null 2>&1
