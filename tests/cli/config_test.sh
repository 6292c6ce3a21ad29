#!/usr/bin/env bash
# The configuration file, `rowkeeper config`, and secrets: where they may stand, and where they are not seen.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh

nowhere=postgresql://nobody@127.0.0.1:1/nothing
file=$WORK/rowkeeper.toml

# check_says CODE PATTERN... : `config check` ends with CODE; its output has each pattern.
check_says() {
  local code=$1 status=0 output pattern
  shift
  output=$(env -u ROWKEEPER_ADMIN_LISTEN "$ROWKEEPER" config check --config "$file" 2>&1 </dev/null) || status=$?
  equals "$status" "$code" "exit code of config check ($output)"
  for pattern in "$@"; do contains "$output" "$pattern" "config check"; done
}

step "all mistakes of a file, each with its line"
cat >"$file" <<'EOT'
# a comment
pool-sise = 5
log-format = "jsn"
pool-size = 0  # another comment

[server]
pool-size = 3
[serve]
drain-timeout = "soon"
[migrate]
statement-timeout = -1
EOT
check_says 2 "$file:2: pool-sise: .*did you mean \"pool-size\"" "$file:3: log-format: .*jsn" "$file:4: pool-size: .*0" \
  "$file:7: pool-size: .*\\[server\\]" "$file:9: drain-timeout: .*soon"
sed -i '/pool-sise/d; /jsn/d; /size = 0/d; /server/,/= 3/d; /soon/d' "$file"
check_says 2 "statement-timeout: .*-1"

step "text without quotes, as files could have it before they were TOML"
printf 'echo = true\nlog-format = json # lines\n' >"$file"
check_says 2 "$file:2: is not TOML: .*log-format = \"json\""

step "rules between settings"
printf 'unit-idle-limit = 61\nadmin-listen = "nowhere"\nlisten = ["127.0.0.1"]\n' >"$file"
check_says 2 'unit-idle-limit: is above --unit-max-idle-limit' '--admin-listen: ' '"127.0.0.1" is not an address'

step "a file without mistakes, and what is in force"
cat >"$file" <<'EOT'
listen = ["127.0.0.1:1", "unix:/nowhere"]
pool-size = 7
echo = "true"
offline = true  # another command's
[serve]
pool-size = 8
[check]
statement-timeout = 1
EOT
check_says 0 'no mistakes'
shown=$(ROWKEEPER_MAX_OVERFLOW=4 "$ROWKEEPER" config show --config "$file" --queue-limit 5)
contains "$shown" '^listen = \["127.0.0.1:1", "unix:/nowhere"\]  # configuration file$' "a list"
contains "$shown" '^pool-size = 8  # configuration file$' "the command's section goes first"
contains "$shown" '^echo = true  # configuration file$' "a switch"
contains "$shown" '^max-overflow = 4  # environment$' "the environment"
contains "$shown" '^queue-limit = 5  # flag$' "a flag"
contains "$shown" '^statement-timeout = 30000  # default$' "another command's section"
printf '%s\n' "$shown" >"$file"
check_says 0 'no mistakes'

step "the example is a file without mistakes, too, and all of its lines may be turned on"
sed 's/^#\([a-z-]* = \)/\1/' deploy/rowkeeper.toml >"$file"
check_says 0 'no mistakes'

step "secrets are not shown"
printf 'a key from a file\n' >"$WORK/key"
printf 'postgresql://me:hidden%%40word@db/shop\n' >"$WORK/url"
shown=$("$ROWKEEPER" config show --page-token-key-file "$WORK/key" --database-url-file "$WORK/url")
contains "$shown" '^page-token-key = "\*\*\*"  # file of --page-token-key-file \(flag\)$' "config show"
contains "$shown" '^database-url = "postgresql://me:\*\*\*@db/shop"' "config show"

step "a secret twice"
for first in flag environment; do
  status=0
  if [ "$first" = flag ]; then
    output=$("$ROWKEEPER" config show --page-token-key x --page-token-key-file "$WORK/key" 2>&1) || status=$?
  else
    output=$(ROWKEEPER_PAGE_TOKEN_KEY=x ROWKEEPER_PAGE_TOKEN_KEY_FILE=$WORK/key "$ROWKEEPER" config show 2>&1) || status=$?
  fi
  equals "$status" 2 "exit code with a secret given twice ($output)"
  contains "$output" '--page-token-key and --page-token-key-file are both given' "a secret given twice"
done
shown=$(ROWKEEPER_PAGE_TOKEN_KEY=x "$ROWKEEPER" config show --page-token-key-file "$WORK/key")
contains "$shown" '^page-token-key = .*file of --page-token-key-file \(flag\)' "a flag goes before the environment"
status=0
"$ROWKEEPER" config show --page-token-key-file "$WORK/none" >/dev/null 2>"$WORK/refusal" || status=$?
equals "$status" 2 "exit code with a file that is not there"
contains "$(cat "$WORK/refusal")" "--page-token-key-file: $WORK/none cannot be read" "a file that is not there"

step "what came on the command line is not seen in the process list"
secret=s3cr3t-in-arguments
start_server "${PLANNER[@]}" --database-url "postgresql://nobody:$secret@127.0.0.1:1/nothing?sslpassword=$secret" \
  --page-token-key="$secret" --listen 127.0.0.1:0
arguments=$(tr '\0' ' ' <"/proc/$SERVER_PID/cmdline")
lacks "$arguments" "$secret" "/proc/PID/cmdline"
contains "$arguments" 'postgresql://nobody:\*+@127.0.0.1:1/nothing\?sslpassword=\*+ --page-token-key=\*+ --listen' "/proc/PID/cmdline"
lacks "$(page /config)" "$secret" "/config"
contains "$(page /config)" 'postgresql://nobody:\*\*\*@127.0.0.1:1' "/config"
lacks "$(cat "$SERVER_LOG")" "$secret" "the log"
kill_server

step "a key from a file is the key"
start_server "${PLANNER[@]}" --database-url "$nowhere" --page-token-key-file "$WORK/key" --listen 127.0.0.1:0
contains "$(page /config)" '"file of --page-token-key-file \(flag\)"' "/config"
lacks "$(page /config)" 'a key from a file' "/config"
