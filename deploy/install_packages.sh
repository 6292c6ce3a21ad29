#!/usr/bin/env bash
# Installs what building Rowkeeper needs, from the distribution only. Does nothing when everything is there.
# usage: deploy/install_packages.sh [--tests] [--checks] [--fuzz] [--browser]
set -euo pipefail

packages=(
  build-essential cmake ninja-build ccache pkg-config
  libgrpc++-dev protobuf-compiler protobuf-compiler-grpc libprotobuf-dev libprotoc-dev
  libpqxx-dev libpq-dev libspdlog-dev libcli11-dev libabsl-dev nlohmann-json3-dev libssl-dev libpg-query-dev
  prometheus-cpp-dev file
  libmicrohttpd-dev libtomlplusplus-dev libcurl4-openssl-dev
)
# Programs that may be installed from elsewhere, each with the package that has it.
programs=()

usage() {
  cat <<'TEXT'
usage: deploy/install_packages.sh [--tests] [--checks] [--fuzz] [--browser]

Installs the packages that Rowkeeper is built from, on Debian 12 and 13, as root or with sudo.
  --tests   also what its tests need
  --checks  also what tests/checks/run.sh needs: clang-format, clang-tidy, shellcheck, npm
  --fuzz    also what tests/checks/fuzz.sh and sanitizers.sh need: clang with libFuzzer and its sanitizers
  --browser also the browser in which tests look at the status page

Example:
  deploy/install_packages.sh --tests
TEXT
}

fail() {
  printf 'install_packages: %s\n' "$*" >&2
  exit 1
}

# That of the distribution's clang, which is 14 on Debian 12 and 19 on Debian 13.
libfuzzer_package() {
  if grep -qs '^VERSION_ID="13"' /etc/os-release; then echo libclang-rt-19-dev; else echo libclang-rt-14-dev; fi
}

parse_arguments() {
  while [ $# -gt 0 ]; do
    case $1 in
      --tests)
        packages+=(libgtest-dev libgmock-dev pgbouncer procps prometheus python3 python3-grpcio python3-protobuf python3-venv)
        programs+=(go:golang-go npm:npm)
        ;;
      --checks)
        packages+=(clang-format clang-tidy shellcheck)
        programs+=(npm:npm)
        ;;
      --fuzz)
        packages+=(clang "$(libfuzzer_package)")
        ;;
      --browser)
        packages+=(chromium fonts-dejavu-core)
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
}

installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

have_postgresql() {
  local initdb
  for initdb in /usr/lib/postgresql/*/bin/initdb; do
    [ -x "$initdb" ] && command -v psql >/dev/null && return 0
  done
  return 1
}

find_missing() {
  local package program
  missing=()
  for package in "${packages[@]}"; do
    installed "$package" || missing+=("$package")
  done
  for program in "${programs[@]}"; do
    command -v "${program%:*}" >/dev/null || missing+=("${program#*:}")
  done
  have_postgresql || missing+=(postgresql)
}

check_distribution() {
  local id=unknown version=unknown name='this system'
  if [ -r /etc/os-release ]; then
    # shellcheck disable=SC1091
    read -r id version name < <(. /etc/os-release && printf '%s %s %s\n' "${ID:-unknown}" "${VERSION_ID:-unknown}" "${PRETTY_NAME:-}")
  fi
  case $id-$version in
    debian-12 | debian-13) return 0 ;;
  esac
  fail "this needs Debian 12 or 13, and this is ${name:-$id $version}. Use such a machine or container (docker run -it debian:13), or
  install what these Debian packages hold yourself and run again with ROWKEEPER_SKIP_INSTALL=1:
  ${packages[*]} postgresql"
}

find_root() {
  as_root=()
  [ "$(id -u)" = 0 ] && return 0
  local how="packages are missing: ${missing[*]}. Run as root: apt-get update && apt-get install ${missing[*]}"
  command -v sudo >/dev/null || fail "$how"
  as_root=(sudo)
  if [ ! -t 0 ]; then
    sudo -n true 2>/dev/null || fail "$how"
    as_root=(sudo -n)
  fi
}

apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@"
}

# Debian makes and starts a cluster on port 5432 when a server is installed for the first time. Rowkeeper runs its own, so
# for the length of the installation that is off.
install_postgresql() {
  local settings=/etc/postgresql-common/createcluster.conf kept
  installed postgresql-common || apt install -y --no-install-recommends postgresql-common ||
    fail "cannot install postgresql-common; the lines above say why"
  kept=$(mktemp)
  cat "$settings" >"$kept"
  # shellcheck disable=SC2064  # the names as they are now
  trap "'${as_root[0]:-env}' cp '$kept' '$settings'; rm -f '$kept'" EXIT
  printf '\ncreate_main_cluster = false\n' | "${as_root[@]}" tee -a "$settings" >/dev/null
  apt install -y --no-install-recommends postgresql || fail "cannot install postgresql; the lines above say why"
}

# Debian starts the services of PgBouncer and Prometheus with their installation. Tests run their own, so a service that
# was not there before is ended.
stop_new_service() {
  if [ -d /run/systemd/system ]; then
    "${as_root[@]}" systemctl disable --now "$1" || true
  elif [ -x "/etc/init.d/$1" ]; then
    "${as_root[@]}" "/etc/init.d/$1" stop || true
  fi
}

install_missing() {
  local wanted=() package
  printf 'Installing: %s\n' "${missing[*]}"
  apt -o APT::Update::Error-Mode=any update ||
    printf 'install_packages: apt-get update failed; trying with the package lists that are there\n' >&2
  for package in "${missing[@]}"; do
    [ "$package" = postgresql ] || wanted+=("$package")
  done
  if [ ${#wanted[@]} -gt 0 ]; then
    apt install -y --no-install-recommends "${wanted[@]}" ||
      fail "apt-get install failed; the lines above say why. Is there a network, does
  /etc/apt name a mirror that answers, is there room on the disk?"
  fi
  for package in "${wanted[@]}"; do
    case $package in pgbouncer | prometheus) stop_new_service "$package" ;; esac
  done
  have_postgresql || install_postgresql
}

parse_arguments "$@"
[ -z "${ROWKEEPER_SKIP_INSTALL:-}" ] || exit 0
command -v dpkg-query >/dev/null || check_distribution
find_missing
[ ${#missing[@]} -gt 0 ] || exit 0
check_distribution
find_root
install_missing
find_missing
[ ${#missing[@]} -eq 0 ] || fail "still missing after the installation: ${missing[*]}"
