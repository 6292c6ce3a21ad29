#!/usr/bin/env bash
# The manual page and the completion know every command and flag; the unit is strict, and names what there is.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh

# Programs that are missing: the rest is looked at, and the test then counts as skipped.
missing=()
there() { command -v "$1" >/dev/null || { missing+=("$1 (package $2)") && return 1; }; }

step "install"
cmake --install "$BUILD" --prefix "$WORK/prefix" --component server >"$WORK/install.log" 2>&1 ||
  fail "cmake --install: $(cat "$WORK/install.log")"
equals "$(cd "$WORK/prefix" && find . -type f | LC_ALL=C sort | tr '\n' ' ')" \
  "./bin/rowkeeper ./share/bash-completion/completions/rowkeeper ./share/man/man1/rowkeeper.1.gz " "installed files"
contains "$("$WORK/prefix/bin/rowkeeper" version)" '^rowkeeper [0-9]' "the installed program"

subcommands() { "$ROWKEEPER" "$@" --help | sed -n '/^Subcommands:/,/^$/s/^  \([a-z][a-z-]*\)  *.*/\1/p'; }
# shellcheck disable=SC2016  # Markdown's quotes
flags() { grep -oE '^\| `--[a-z-]+`' proto/reference/flags.md | tr -d '|` ' | sort -u; }
[ "$(flags | wc -l)" -gt 80 ] || fail "proto/reference/flags.md has too few flags"

step "the manual page has every command and flag"
manual=$(gzip -dc "$WORK/prefix/share/man/man1/rowkeeper.1.gz" | sed 's/\\-/-/g')
for command in $(subcommands); do
  names=$(subcommands "$command")
  for name in ${names:-''}; do
    grep -qx "\.SS rowkeeper $command${name:+ $name}" <<<"$manual" || fail "rowkeeper $command $name is not in the manual"
  done
done
for flag in $(flags); do
  grep -qE -- "^\.B (-[A-Za-z],)?$flag([^a-z-]|\$)" <<<"$manual" || fail "$flag is not in the manual"
done
if there man man-db; then
  equals "$(MANWIDTH=80 LC_ALL=C.UTF-8 man --warnings -E UTF-8 -l -Tutf8 -Z "$WORK/prefix/share/man/man1/rowkeeper.1.gz" 2>&1 >/dev/null)" "" \
    "warnings of man"
fi

step "the completion knows what may stand where"
# shellcheck source=/dev/null
source "$WORK/prefix/share/bash-completion/completions/rowkeeper"
# completed WORD...: what completes the last word, one a line.
completed() {
  COMP_WORDS=(rowkeeper "$@")
  COMP_CWORD=$#
  _rowkeeper
  printf '%s\n' "${COMPREPLY[@]}"
}
equals "$(completed '' | sort)" "$(subcommands | sort)" "commands"
equals "$(completed migrate '' | sort)" "$(subcommands migrate | sort)" "commands of migrate"
equals "$(completed serve --pool-s)" --pool-size "a flag"
equals "$(completed migrate up --da | sort | tr '\n' ' ')" "--data-dir --database-url --database-url-file " "flags of migrate up"
lacks "$(completed version --)" --pool-size "flags of version"
equals "$(completed serve --pool-size '')" "" "a number"
equals "$(completed serve --log-format '' | tr '\n' ' ')" "text json " "words"
equals "$(completed serve --echo --pool-r)" --pool-recycle "a flag behind a switch"
mkdir -p "$WORK/some/directory"
touch "$WORK/some/file"
equals "$(completed check --proto-path "$WORK/some/")" "$WORK/some/directory" "directories"
equals "$(completed serve --config "$WORK/some/f")" "$WORK/some/file" "files"
known=$(for command in $(subcommands); do
  names=$(subcommands "$command")
  # shellcheck disable=SC2086  # none is no word
  for name in ${names:-''}; do completed $command $name --; done
done | sort -u)
for flag in $(flags); do grep -qx -- "$flag" <<<"$known" || fail "$flag is not completed"; done

step "the unit"
unit=deploy/packages/rowkeeper.service
equals "$(sed -n 's/^ExecStart=//p' $unit)" "/usr/bin/rowkeeper serve --config /etc/rowkeeper/rowkeeper.toml" "what it starts"
while read -r name; do
  grep -qx -- "--$(tr 'A-Z_' 'a-z-' <<<"$name")" <<<"$(flags)" || fail "ROWKEEPER_$name sets no flag"
done < <(sed -n 's/^Environment=ROWKEEPER_\([A-Z_]*\)=.*/\1/p' $unit)
if there systemd-analyze systemd; then
  mkdir "$WORK/units"
  sed "s#/usr/bin/rowkeeper#$WORK/prefix/bin/rowkeeper#" $unit >"$WORK/units/rowkeeper.service"
  # Its exit code is also that of mistakes in units of this system that ours is loaded with.
  systemd-analyze verify --man=no "$WORK/units/rowkeeper.service" >"$WORK/verify" 2>&1 || true
  lacks "$(cat "$WORK/verify")" '^Failed|rowkeeper\.service' "systemd-analyze verify"
  # A mistake of ours is seen.
  sed 's/^Type=exec/Type=no-such-type/' "$WORK/units/rowkeeper.service" >"$WORK/units/rowkeeper-wrong.service"
  systemd-analyze verify --man=no "$WORK/units/rowkeeper-wrong.service" >"$WORK/verify" 2>&1 || true
  contains "$(cat "$WORK/verify")" 'rowkeeper-wrong\.service.*no-such-type' "systemd-analyze verify of a wrong unit"
  exposure=$(systemd-analyze security --offline=yes --no-pager "$WORK/units/rowkeeper.service" 2>/dev/null | sed -n 's/.*exposure level for rowkeeper.service: \([0-9.]*\).*/\1/p')
  awk -v exposure="$exposure" 'BEGIN { exit !(exposure != "" && exposure <= 2.0) }' || fail "exposure of the unit: $exposure"
fi

step "the configuration that is installed"
printf 'postgresql://nobody@127.0.0.1:1/none\n' >"$WORK/database-url"
sed "s#/etc/rowkeeper/database-url#$WORK/database-url#" deploy/packages/rowkeeper.toml >"$WORK/rowkeeper.toml"
"$ROWKEEPER" config check --config "$WORK/rowkeeper.toml" >/dev/null || fail "deploy/packages/rowkeeper.toml has mistakes"

[ ${#missing[@]} = 0 ] || skip "only in part, for these are not installed: $(IFS=, && echo "${missing[*]}")"
