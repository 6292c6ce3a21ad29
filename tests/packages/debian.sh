#!/usr/bin/env bash
# Makes the packages and lives with them on a bare Debian: installs, starts, calls, upgrades, reloads, purges.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

root=
mirror=
build=build/release
packages=
suite=bookworm
work=
booted=

usage() {
  cat <<'TEXT'
usage: tests/packages/debian.sh --root DIR [--suite bookworm|trixie] [--mirror URL] [--build DIR | --packages DIR]

Makes the packages of a build (or takes those that are there), looks at them with lintian, and boots an installation of
Debian in DIR (systemd-nspawn; packages debootstrap and systemd-container) in which the service is installed, started,
called, upgraded and downgraded under load, reloaded and purged. Needs root, and go. DIR is kept, and used again as it
was made.
  --root DIR      where the installation is made, or is from an earlier run; 500 MB
  --suite NAME    which Debian (default: bookworm, which is 12)
  --mirror URL    where its packages come from (default: where this machine has its own from)
  --build DIR     a build with the targets rowkeeper and rowkeeper_client, of this Debian (default: build/release)
  --packages DIR  packages that were made on the Debian of --suite; tests/debian13.sh --packages makes those of Debian 13

Examples:
  tests/packages/debian.sh --root /var/tmp/rowkeeper-packages
  tests/packages/debian.sh --root /var/tmp/rowkeeper-packages13 --suite trixie --packages /var/tmp/packages13
TEXT
}

step() { printf '\n==> %s\n' "$*"; }
fail() {
  printf '\ntests/packages/debian.sh: %s\n' "$*" >&2
  exit 1
}

parse_arguments() {
  while [ $# -gt 0 ]; do
    case $1 in
      --root | --suite | --mirror | --build | --packages)
        [ -n "${2:-}" ] || fail "$1 needs a value; see tests/packages/debian.sh --help"
        printf -v "${1#--}" '%s' "$2"
        shift
        ;;
      -h | --help)
        usage
        exit 0
        ;;
      *)
        usage >&2
        fail "unknown argument: $1"
        ;;
    esac
    shift
  done
  [ -n "$root" ] || fail "name the folder of the installation with --root DIR"
  [ "$(id -u)" = 0 ] || fail "this needs root, for systemd-nspawn; run it with sudo"
  command -v systemd-nspawn >/dev/null || fail "systemd-nspawn is not installed; install the package systemd-container"
  mkdir -p "$root"
  root=$(realpath "$root")
  [ "$root" != / ] || fail "--root / is this system; name another folder"
}

# shellcheck disable=SC2317  # called by the trap
clean_up() {
  local status=$?
  trap - EXIT
  [ -z "$booted" ] || kill -KILL "$booted" 2>/dev/null || true
  [ -z "$work" ] || rm -rf "$work"
  exit "$status"
}

make_packages() {
  [ -z "$packages" ] || {
    cp "$packages"/*.deb "$work"
    return
  }
  (cd "$build" && cpack -B "$work") >"$work/cpack.log" 2>&1 || {
    tail -n 20 "$work/cpack.log" >&2
    fail "cpack failed; the lines above say why"
  }
  rm -rf "$work/_CPack_Packages"
}

find_packages() {
  package=$(echo "$work"/rowkeeper_*.deb)
  client=$(echo "$work"/librowkeeper-dev_*.deb)
  if [ ! -f "$package" ] || [ ! -f "$client" ]; then fail "there are no packages in $work: $(ls "$work")"; fi
  du -h "$package" "$client"
}

look_at_packages() {
  local files
  files=$(dpkg-deb -c "$client")
  for file in proto/rowkeeper/v1/annotations.proto proto/rowkeeper/v1/unit_of_work.proto googleapis/google/type/date.proto; do
    grep -q " ./usr/share/rowkeeper/$file\$" <<<"$files" || fail "$file is not in $client"
  done
  command -v lintian >/dev/null || {
    echo "lintian is not installed; nobody looks"
    return
  }
  lintian --allow-root "$package" "$client" | tee "$work/lintian"
  [ ! -s "$work/lintian" ] || fail "lintian has something to say"
}

# An installation with what the packages need, but without them; an interrupted one is made anew.
install_debian() {
  [ ! -e "$root/etc/rowkeeper-debootstrapped" ] || return 0
  [ -z "$(ls -A "$root")" ] || [ -d "$root/debootstrap" ] || fail "$root holds something else; name an empty folder"
  rm -rf "${root:?}"/*
  # shellcheck disable=SC2016  # apt expands it
  [ -n "$mirror" ] || mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | head -n 1)
  [ -n "$mirror" ] || fail "this machine's apt knows no mirror; name one with --mirror URL"
  debootstrap --variant=minbase --include=ca-certificates "$suite" "$root" "$mirror" >"$work/debootstrap.log" 2>&1 || {
    tail -n 20 "$work/debootstrap.log" >&2
    fail "debootstrap could not install $suite in $root; the lines above say why"
  }
  printf 'deb %s %s main\n' "$mirror" "$suite" >"$root/etc/apt/sources.list"
  cp --remove-destination "$(realpath /etc/resolv.conf)" "$root/etc/resolv.conf"
  mkdir -p "$root/usr/local/share/ca-certificates"
  find /usr/local/share/ca-certificates -name '*.crt' -exec cp -t "$root/usr/local/share/ca-certificates" {} +
  chroot "$root" update-ca-certificates >/dev/null 2>&1 || fail "update-ca-certificates failed in $root"
  touch "$root/etc/rowkeeper-debootstrapped"
}

# What the packages depend on comes from the mirror; they themselves are installed where systemd runs.
install_dependencies() {
  [ ! -e "$root/etc/rowkeeper-and-stubs" ] || return 0
  local depends
  depends=$(for file in "$package" "$client"; do dpkg-deb -f "$file" Depends; done | sed 's/ *([^)]*)//g; s/ *|[^,]*//g; s/,/ /g')
  # shellcheck disable=SC2086  # names with spaces between them
  chroot "$root" env DEBIAN_FRONTEND=noninteractive bash -c 'apt-get -q update && apt-get -qy --no-install-recommends install "$@"' - \
    $depends systemd-sysv postgresql python3-grpcio python3-protobuf >"$work/apt.log" 2>&1 || {
    tail -n 20 "$work/apt.log" >&2
    fail "what the package depends on cannot be installed; the lines above say why"
  }
  touch "$root/etc/rowkeeper-and-stubs"
}

# An earlier version, to be upgraded: the same files under another number, but for the unit.
make_earlier_version() {
  dpkg-deb -R "$package" "$work/earlier"
  sed -i 's/^Version: .*/Version: 0.0.1-1/' "$work/earlier/DEBIAN/control"
  sed -i 's/^Description=.*/Description=Rowkeeper of yesterday/' "$work/earlier/usr/lib/systemd/system/rowkeeper.service"
  dpkg-deb --root-owner-group -Zgzip -b "$work/earlier" "$work/earlier.deb" >/dev/null
}

# What calls while packages come and go; it needs nothing of the Debian that it runs in.
make_load() {
  command -v go >/dev/null || fail "go is not installed; install the package golang-go"
  (cd tests/packages/load && CGO_ENABLED=0 go build -mod=readonly -o "$work/load" .) || fail "tests/packages/load does not compile"
}

boot() {
  local status=0
  rm -rf "$work/inside"
  mkdir "$work/inside"
  cp "$package" "$work/inside/rowkeeper.deb"
  cp "$client" "$work/inside/librowkeeper-dev.deb"
  cp "$work/earlier.deb" "$work/load" tests/packages/inside.sh "$work/inside"
  mkdir -p "$work/inside/shop/v1"
  # The example of the README, as it stands there.
  awk '/^```proto$/ { on = 1; next } /^```$/ { on = 0 } on' README.md >"$work/inside/shop/v1/product.proto"
  cat >"$work/inside/packages.service" <<'UNIT'
[Unit]
After=multi-user.target

[Service]
Type=oneshot
ExecStart=/bin/bash -c 'bash /packages/inside.sh >/packages/log 2>&1; echo $? >/packages/status; systemctl poweroff --no-block'
UNIT
  # --volatile: the next run finds the installation as it was made.
  systemd-nspawn --quiet --directory="$root" --volatile=overlay --register=no --keep-unit --bind="$work/inside:/packages" \
    --bind-ro="$work/inside/packages.service:/etc/systemd/system/packages.service" \
    --boot -- systemd.wants=packages.service >"$work/console" 2>&1 </dev/null &
  booted=$!
  wait "$booted" || status=$?
  booted=
  cat "$work/inside/log" 2>/dev/null || true
  [ "$(cat "$work/inside/status" 2>/dev/null)" = 0 ] || {
    tail -n 15 "$work/console" >&2
    fail "a step inside $root failed (systemd-nspawn: exit code $status); the lines above say which"
  }
}

parse_arguments "$@"
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
work=$(mktemp -d)
step "Packages of ${packages:-$build}"
make_packages
find_packages
step "What is in them"
look_at_packages
step "Debian in $root"
install_debian
install_dependencies
make_earlier_version
make_load
step "Life with the package"
boot
printf '\n1 passed, 0 failed, 0 skipped\n'
