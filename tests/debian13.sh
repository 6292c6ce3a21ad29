#!/usr/bin/env bash
# Builds and tests on Debian 13, in a folder that holds a small installation of it, whatever this machine runs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

root=
mirror=
packages=
arguments=()
inside=

usage() {
  cat <<'TEXT'
usage: tests/debian13.sh --root DIR [--mirror URL] [--packages DIR | ARGUMENT OF tests/run.sh...]

Makes an installation of Debian 13 in DIR (with debootstrap; 3 GB with all that the tests need), copies this checkout
into it and runs tests/run.sh there. Needs root. DIR is kept: the next run installs nothing and compiles only what has
changed. What is mounted is visible only to the tests, and it and their processes are gone when the script ends.
  --root DIR    where the installation is made, or is from an earlier run
  --mirror URL  where packages come from (default: where this machine has its own from)
  --packages DIR  runs no tests, but makes the Debian packages there and puts them into DIR, for tests/packages/debian.sh

Examples:
  tests/debian13.sh --root /var/tmp/rowkeeper-debian13
  tests/debian13.sh --root /var/tmp/rowkeeper-debian13 -R '^cli_'
TEXT
}

step() { printf '\n==> %s\n' "$*"; }
fail() {
  printf '\ntests/debian13.sh: %s\n' "$*" >&2
  exit 1
}

parse_arguments() {
  while [ $# -gt 0 ]; do
    case $1 in
      --root | --mirror | --packages)
        [ -n "${2:-}" ] || fail "$1 needs a value; see tests/debian13.sh --help"
        printf -v "${1#--}" '%s' "$2"
        shift
        ;;
      -h | --help)
        usage
        exit 0
        ;;
      *) arguments+=("$1") ;;
    esac
    shift
  done
  [ -n "$root" ] || fail "name the folder of the installation with --root DIR"
  [ "$(id -u)" = 0 ] || fail "this needs root, for chroot and mount; run it with sudo"
  [ -z "$packages" ] || [ ${#arguments[@]} -eq 0 ] || fail "--packages runs no tests; leave out ${arguments[*]}"
  mkdir -p "$root"
  root=$(realpath "$root")
  [ "$root" != / ] || fail "--root / is this system; name another folder"
}

# An installation counts when it is complete: an interrupted one is made anew.
install_debian() {
  [ ! -e "$root/etc/rowkeeper-debian13" ] || return 0
  [ -z "$(ls -A "$root")" ] || [ -d "$root/debootstrap" ] ||
    fail "$root holds something else; name an empty folder"
  command -v debootstrap >/dev/null || fail "debootstrap is not installed; install the package debootstrap"
  rm -rf "${root:?}"/*
  # shellcheck disable=SC2016  # apt expands it
  [ -n "$mirror" ] || mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | head -n 1)
  [ -n "$mirror" ] || fail "this machine's apt knows no mirror; name one with --mirror URL"
  debootstrap --variant=minbase --include=ca-certificates trixie "$root" "$mirror" >"$root.log" 2>&1 || {
    tail -n 20 "$root.log" >&2
    fail "debootstrap could not install Debian 13 in $root; the lines above say why, all of them are in $root.log"
  }
  rm -f "$root.log"
  printf 'deb %s trixie main\ndeb %s trixie-updates main\n' "$mirror" "$mirror" >"$root/etc/apt/sources.list"
  touch "$root/etc/rowkeeper-debian13"
}

# The machine's own name servers and certificate authorities hold inside, too: registries may be behind a proxy.
connect() {
  cp --remove-destination "$(realpath /etc/resolv.conf)" "$root/etc/resolv.conf"
  cp /etc/hosts "$root/etc/hosts"
  mkdir -p "$root/usr/local/share/ca-certificates"
  find /usr/local/share/ca-certificates -name '*.crt' -exec cp -t "$root/usr/local/share/ca-certificates" {} +
  chroot "$root" update-ca-certificates >/dev/null 2>&1 || fail "update-ca-certificates failed in $root"
}

# What git knows or would take, as it stands here; the build of the last run stays.
copy_checkout() {
  local tree=$root/root/rowkeeper
  mkdir -p "$tree"
  find "$tree" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
  git ls-files -z --cached --others --exclude-standard |
    while IFS= read -r -d '' file; do [ ! -e "$file" ] || printf '%s\0' "$file"; done |
    tar -c --owner=0 --group=0 --no-recursion --null --files-from=- | tar -x -C "$tree"
}

# run_inside COMMAND...: in the installation, where the checkout is /root/rowkeeper.
# Mounts are made in a namespace of their own, and processes live in one: both end with it, however it ends.
run_inside() {
  local environment=(HOME=/root LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
    NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt) name
  for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY GOPROXY GOSUMDB GONOSUMDB npm_config_registry CI; do
    [ -z "${!name:-}" ] || environment+=("$name=${!name}")
  done
  # shellcheck disable=SC2016  # expanded by the inner shell
  unshare --mount --pid --fork --kill-child env -i "${environment[@]}" bash -euc '
    root=$1
    shift
    mount -t proc proc "$root/proc"
    mount --bind /dev "$root/dev"
    mount -t devpts devpts "$root/dev/pts"
    mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
    mount -t tmpfs -o mode=1777 tmpfs "$root/run"
    chroot "$root" "$@"
  ' - "$root" "$@" </dev/null &
  inside=$!
  wait "$inside"
}

# shellcheck disable=SC2317  # called by the trap
end_inside() {
  local status=$?
  trap - EXIT
  [ -z "$inside" ] || kill -KILL "$inside" 2>/dev/null || true
  exit "$status"
}

parse_arguments "$@"
trap end_inside EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
step "Debian 13 in $root"
install_debian
connect
copy_checkout
status=0
if [ -z "$packages" ]; then
  run_inside /root/rowkeeper/tests/run.sh "${arguments[@]}" || status=$?
else
  rm -rf "$root/root/packages"
  run_inside bash -euc 'cd /root/rowkeeper
    deploy/install_packages.sh
    cmake --preset release
    cmake --build --preset release --target rowkeeper rowkeeper_client
    cd build/release
    cpack -B /root/packages' || status=$?
  mkdir -p "$packages"
  [ "$status" != 0 ] || cp "$root"/root/packages/*.deb "$packages"
fi
inside=
exit "$status"
