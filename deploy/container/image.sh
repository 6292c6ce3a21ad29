#!/usr/bin/env bash
# Assembles the file system of the container image: the program, the libraries that it loads, and little else.
set -euo pipefail

program=
private_database=
root=
readonly IDENTITY=65532  # nobody's number on a host; Containerfile and the Kubernetes files name it, too

usage() {
  cat <<'TEXT'
usage: deploy/container/image.sh --program FILE [--private-database] DIR

Makes the new folder DIR, which is the root of the image: the program, the shared libraries that it loads, certificates, and what Debian
says of the packages that they are from, for scanners and licenses. There is no shell and no package manager in it. Run it on
the Debian that the program was built on, as root.
  --program FILE       the server, for example build/release/rowkeeper
  --private-database   also PostgreSQL, for `rowkeeper serve` without a database URL

Example:
  deploy/container/image.sh --program build/release/rowkeeper /tmp/image
TEXT
}

fail() {
  printf 'image.sh: %s\n' "$*" >&2
  exit 1
}

parse_arguments() {
  while [ $# -gt 0 ]; do
    case $1 in
      --program)
        program=${2:-}
        shift
        ;;
      --private-database) private_database=yes ;;
      -h | --help)
        usage
        exit 0
        ;;
      -*)
        usage >&2
        fail "unknown option: $1"
        ;;
      *)
        [ -z "$root" ] || fail "one folder is enough: $root, $1"
        root=$1
        ;;
    esac
    shift
  done
  [ -n "$root" ] || fail "name the folder to make; see deploy/container/image.sh --help"
  [ -x "$program" ] || fail "name the server with --program FILE"
  [ ! -e "$root" ] || fail "$root is there already; name a new folder"
  [ "$(id -u)" = 0 ] || fail "this needs root, to give files to the image's user"
}

make_root() {
  mkdir -p "$root"/{dev,etc/rowkeeper/proto,etc/ssl/certs,proc,run,sys,tmp,usr/bin,usr/lib/ssl,usr/lib64,var/lib/dpkg/status.d,var/lib/rowkeeper}
  chmod 1777 "$root/tmp"
  ln -s usr/bin "$root/bin"
  ln -s usr/lib "$root/lib"
  ln -s usr/lib64 "$root/lib64"
  printf 'rowkeeper:x:%s:%s::/var/lib/rowkeeper:/nonexistent\n' $IDENTITY $IDENTITY >"$root/etc/passwd"
  printf 'rowkeeper:x:%s:\n' $IDENTITY >"$root/etc/group"
  printf 'passwd: files\ngroup: files\nhosts: files dns\n' >"$root/etc/nsswitch.conf"
  chown $IDENTITY:$IDENTITY "$root/var/lib/rowkeeper"
  chmod 700 "$root/var/lib/rowkeeper"
  cp /etc/os-release "$root/etc/os-release"
}

# What came from a package of Debian, to be told of at the end.
sources=()

# add FILE: copies it to where it is here, and what a link means under the link's name.
add() {
  mkdir -p "$root$(dirname "$1")"
  cp -L "$1" "$root$1"
  sources+=("$(realpath "$1")")
}

# add_libraries FILE...: what these load, the loader among it.
add_libraries() {
  local library libraries
  ldd "$@" >"$root/tmp/libraries" || fail "the libraries of $* cannot be told"
  if grep 'not found' "$root/tmp/libraries" >&2; then fail "these libraries are missing"; fi
  libraries=$(grep -oE '/[^ ]+\.so[^ ]*' "$root/tmp/libraries" | grep -v ':$' | sort -u)
  rm "$root/tmp/libraries"
  for library in $libraries; do
    [ -e "$root$library" ] || add "$library"
  done
}

add_server() {
  install -m 755 "$program" "$root/usr/bin/rowkeeper"
  add_libraries "$root/usr/bin/rowkeeper"
  install -m 644 "$(dirname "${BASH_SOURCE[0]}")/rowkeeper.toml" "$root/etc/rowkeeper/rowkeeper.toml"
  # For sslmode=verify-full to a database whose certificate is of a public authority, and for keys of tokens from a URL.
  [ -s /etc/ssl/certs/ca-certificates.crt ] || fail "there are no certificates; install the package ca-certificates"
  cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
  add /etc/ssl/openssl.cnf
  ln -s /etc/ssl/openssl.cnf "$root/usr/lib/ssl/openssl.cnf"
  ln -s /etc/ssl/certs "$root/usr/lib/ssl/certs"
}

# The newest one; without its compiler of expressions, which is larger than all the rest.
add_postgresql() {
  local directory version file
  directory=$(find /usr/lib/postgresql -mindepth 1 -maxdepth 1 2>/dev/null | sort -V | tail -n 1)
  [ -n "$directory" ] || fail "PostgreSQL is not installed; install the package postgresql"
  version=${directory##*/}
  for file in initdb postgres pg_dump pg_restore psql; do add "$directory/bin/$file"; done
  while read -r file; do add "$file"; done < <(find "$directory/lib" -maxdepth 1 -name '*.so' ! -name 'llvmjit*')
  mkdir -p "$root/usr/share/postgresql"
  cp -RL "/usr/share/postgresql/$version" "$root/usr/share/postgresql/"
  rm -rf "$root/usr/share/postgresql/$version/man"
  add /bin/sh  # initdb starts postgres by it
  mkdir -p "$root/usr/lib/locale" "$root/usr/share"
  cp -R /usr/lib/locale/C.utf8 "$root/usr/lib/locale/"
  cp -R /usr/share/zoneinfo "$root/usr/share/"
  sources+=(/usr/lib/locale/C.utf8/LC_CTYPE /usr/share/zoneinfo/UTC)
  # shellcheck disable=SC2046  # names without spaces
  add_libraries $(find "$root$directory" -type f)
}

# The names of the packages that `sources` are from, once each. One look for all, for each takes a while; Debian 12's database has some
# files below /lib that are below /usr/lib.
packages() {
  local found files file
  found=$(dpkg-query --search "${sources[@]}" "${sources[@]#/usr}" 2>/dev/null | grep -v '^diversion by ' || true)
  files=$(sed 's/.*: //; s#^/usr##' <<<"$found")
  for file in "${sources[@]}"; do
    grep -qxF -- "${file#/usr}" <<<"$files" || fail "no package of Debian has $file; build on a plain Debian"
  done
  cut -d ' ' -f 1 <<<"$found" | sed 's/:$//' | sort -u
}

# As scanners of images without dpkg look for it.
tell_packages() {
  local package short all
  all=$(packages)
  for package in $all ca-certificates; do
    short=${package%%:*}
    dpkg-query -s "$package" >"$root/var/lib/dpkg/status.d/$short" 2>/dev/null || fail "$package is not installed"
    mkdir -p "$root/usr/share/doc/$short"
    cp -L "/usr/share/doc/$short/copyright" "$root/usr/share/doc/$short/copyright"
  done
}

parse_arguments "$@"
make_root
add_server
[ -z "$private_database" ] || add_postgresql
tell_packages
