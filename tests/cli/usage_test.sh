#!/usr/bin/env bash
# Help of every command has an example; a mistake on the command line or in the configuration is one clear line and exit 2.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh

# refused PATTERN ARG...: exit code 2, nothing on standard output, and a line with PATTERN on standard error.
refused() {
  local pattern=$1 status=0 output
  shift
  output=$("$ROWKEEPER" "$@" 2>&1 >"$WORK/stdout" </dev/null) || status=$?
  equals "$status" 2 "exit code of rowkeeper $*"
  equals "$(cat "$WORK/stdout")" "" "standard output of rowkeeper $*"
  equals "$(wc -l <<<"$output")" 1 "lines of explanation ($output)"
  contains "$output" "$pattern" "rowkeeper $*"
  contains "$output" '; see rowkeeper[a-z ]* --help$' "rowkeeper $*"
}

subcommands() { "$ROWKEEPER" "$@" --help | sed -n '/^Subcommands:/,/^$/s/^  \([a-z][a-z-]*\)  *.*/\1/p'; }

has_example() {
  local help
  help=$("$ROWKEEPER" "$@" --help) || fail "rowkeeper $* --help: exit code $?"
  contains "$help" "^Examples?:" "rowkeeper $* --help"
  contains "$help" "^  (.*[|] )?rowkeeper $*" "rowkeeper $* --help"
}

step "every subcommand has an example in its help"
commands=$(subcommands)
for expected in serve check explain call config generate migrate database version; do contains "$commands" "^$expected\$" "subcommands"; done
for command in $commands; do
  nested=$(subcommands "$command")
  if [ -z "$nested" ]; then has_example "$command"; fi
  for name in $nested; do has_example "$command" "$name"; done
done
contains "$(subcommands migrate)" "^bootstrap$" "subcommands of migrate"

step "an unknown flag, command or value"
refused 'not expected: .*--lisen' serve "${PLANNER[@]}" --listen 127.0.0.1:0 --lisen 1
refused '.' sing
refused 'subcommand is required' 
refused '.*--pool-size.*0' serve "${PLANNER[@]}" --pool-size 0
refused '.*--pool-size.*many' serve "${PLANNER[@]}" --pool-size many
refused '.*--log-level.*loud' serve "${PLANNER[@]}" --log-level loud
refused '.*--drain-timeout.*-1' serve "${PLANNER[@]}" --drain-timeout=-1
refused '.*--unit-share.*2' serve "${PLANNER[@]}" --unit-share 2
refused '.*--unit-idle-limit.*0' serve "${PLANNER[@]}" --unit-idle-limit 0

step "an option that may be repeated takes one value each time"
repeatable() {
  "$ROWKEEPER" "$1" --help | awk '/^  (-[A-Za-z], *)?--/ {match($0, /--[a-z-]+/); option = substr($0, RSTART, RLENGTH)}
                                  /may be repeated/ {print option}'
}
for command in serve check; do
  options=$(repeatable "$command")
  contains "$options" '^--proto-path$' "options of $command that may be repeated"
  for option in $options; do refused 'not expected: .*stray' "$command" "$option" 1 "$option" 2 stray; done
done
status=0
output=$("$ROWKEEPER" call --address "unix:$WORK/nobody" -H "x: y" --header "z: w" --timeout 1 TodoRepository.List '{}' 2>&1) || status=$?
equals "$status" 1 "exit code of a call with headers"
contains "$output" '^(UNAVAILABLE|DEADLINE_EXCEEDED)' "a call with headers"

step "the environment is checked like flags"
ROWKEEPER_POOL_SIZE=none refused 'pool-size|ROWKEEPER_POOL_SIZE' serve "${PLANNER[@]}"

step "an unknown name or a bad value in the configuration file"
printf 'pool-sise = 5\n' >"$WORK/bad.toml"
refused "$WORK/bad.toml.*pool-sise" serve "${PLANNER[@]}" --config "$WORK/bad.toml"
printf 'pool-size = "few"\n' >"$WORK/value.toml"
refused 'pool-size.*few' serve "${PLANNER[@]}" --config "$WORK/value.toml"
refused "$WORK/none.toml" serve "${PLANNER[@]}" --config "$WORK/none.toml"
printf 'this is no configuration\n' >"$WORK/text.toml"
refused '.' serve "${PLANNER[@]}" --config "$WORK/text.toml"

step "no catalogue"
status=0
output=$("$ROWKEEPER" serve 2>&1 </dev/null) || status=$?
equals "$status" 1 "exit code of rowkeeper serve"
contains "$output" 'no catalogue.*--proto-path' "rowkeeper serve"

step "limits of units of work that contradict each other"
status=0
output=$("$ROWKEEPER" serve "${PLANNER[@]}" --listen 127.0.0.1:0 --database-url postgresql://127.0.0.1:1/none --unit-idle-limit 61 \
  --unit-total-limit 601 2>&1 </dev/null) || status=$?
equals "$status" 1 "exit code with limits above their maximum"
contains "$output" '--unit-idle-limit: is above --unit-max-idle-limit' "limits above their maximum"
contains "$output" '--unit-total-limit: is above --unit-max-total-limit' "limits above their maximum"

step "a catalogue with a mistake"
mkdir -p "$WORK/proto/shop/v1"
printf 'syntax = "proto3";\npackage shop.v1;\nmessage Product {\n  strin name = 1;\n}\n' >"$WORK/proto/shop/v1/product.proto"
status=0
output=$("$ROWKEEPER" check --offline --proto-path "$WORK/proto" 2>&1) || status=$?
equals "$status" 1 "exit code of rowkeeper check"
contains "$output" 'shop/v1/product.proto:4' "a catalogue with a mistake"

step "version"
contains "$("$ROWKEEPER" version)" '^rowkeeper [0-9]+\.[0-9]+\.[0-9]+( \([0-9a-f]{12}(-dirty)?\))?$' "rowkeeper version"
