#!/usr/bin/env bash
# Tokens as an operator meets them: flags that do not go together, keys that cannot be used, calls, keys that are replaced.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh
# shellcheck source=tests/support/tokens.sh
source tests/support/tokens.sh

nowhere=postgresql://nobody@127.0.0.1:1/nothing
first=$(make_key first)
publish "$first"

# refuses PATTERN ARG...: serve ends by itself with exit code 1 and one line that holds PATTERN.
refuses() {
  local pattern=$1 status=0 output
  shift
  output=$(timeout 30 "$ROWKEEPER" serve "${PLANNER[@]}" --database-url "$nowhere" --listen 127.0.0.1:0 "$@" 2>&1 </dev/null) || status=$?
  equals "$status" 1 "exit code of serve $*"
  output=$(grep -v '^time=' <<<"$output") || fail "no explanation of $*"
  contains "$output" "^rowkeeper: .*$pattern" "serve $*"
}
# answers SUBJECT...: the call succeeds with each token.
answers() {
  local subject
  for subject; do call TodoRepository.List '{"page_size": 1}' --token-file "$TOKENS/$subject" >/dev/null; done
}
# refused REASON ARG...: the call is UNAUTHENTICATED for REASON.
refused() {
  local reason=$1 output
  shift
  if output=$(call planner.v1.TodoRepository.List '{"page_size": 1}' "$@" 2>&1); then fail "call $*: expected $reason, got $output"; fi
  contains "$output" '^UNAUTHENTICATED: ' "call $*"
  contains "$output" "\"reason\":\"$reason\"" "call $*"
}
metric() { page /metrics | sed -n "s/^$1 //p"; }

step "flags that do not go together"
refuses '--jwt-keys needs --jwt-issuer' --jwt-keys "$TOKENS/keys" --jwt-audience rowkeeper
refuses '--jwt-keys needs --jwt-audience' --jwt-keys "$TOKENS/keys" --jwt-issuer "$ISSUER"
refuses '--jwt-issuer and --jwt-audience need --jwt-keys' --jwt-issuer "$ISSUER"
refuses '--jwt-roles-claim /a~ is no claim' "${TOKEN_FLAGS[@]}" --jwt-roles-claim /a~
refuses '--allow-anonymous does nothing' --allow-anonymous
printf 'jwt-issuer = "x"\n' >"$WORK/mistake.toml"
status=0
output=$("$ROWKEEPER" config check --config "$WORK/mistake.toml" 2>&1) || status=$?
equals "$status" 2 "exit code of config check"
contains "$output" '--jwt-issuer and --jwt-audience need --jwt-keys' "config check"

step "keys that cannot be used"
refuses "--jwt-keys $TOKENS/none cannot be read: No such file" "${ISSUER_FLAGS[@]}" --jwt-keys "$TOKENS/none"
mkdir "$TOKENS/empty"
refuses "--jwt-keys $TOKENS/empty holds no file whose name ends in .json" "${ISSUER_FLAGS[@]}" --jwt-keys "$TOKENS/empty"
refuses "--jwt-keys $TOKENS/first.pem is no JWK set" "${ISSUER_FLAGS[@]}" --jwt-keys "$TOKENS/first.pem"

step "calls with a token and without"
token first alice
token first late -60
token first stranger 3600 https://other.example.org/
make_scratch_database
bootstrap_planner
start_server "${PLANNER[@]}" --database-url "$SCRATCH_URL" --listen 127.0.0.1:0 --log-calls all "${TOKEN_FLAGS[@]}"
wait_until 60 "the server serves" answers alice
refused IDENTITY_REQUIRED
refused TOKEN_EXPIRED --token-file "$TOKENS/late"
refused TOKEN_INVALID --token-file "$TOKENS/stranger"
wait_until 60 "the log names the caller" grep -q 'method=planner.v1.TodoRepository.List .*caller=jwt:alice' "$SERVER_LOG"
wait_until 60 "the log has the causes" grep -q 'msg="a token was refused" problem=issuer' "$SERVER_LOG"
contains "$(cat "$SERVER_LOG")" 'msg="a token was refused" problem=expired token_of=jwt:late caller=ipv4:127.0.0.1' "the log"

step "tokens are secrets"
for name in alice late stranger; do
  lacks "$(cat "$SERVER_LOG")" "$(cut -d. -f2 "$TOKENS/$name")" "the log"
done
if output=$(call TodoRepository.List '{}' -H "authorization: Bearer x" 2>&1); then fail "a token on the command line: $output"; fi
contains "$output" 'use --token-file' "a token on the command line"
printf 'two words\n' >"$TOKENS/words"
if output=$(call TodoRepository.List '{}' --token-file "$TOKENS/words" 2>&1); then fail "two words: $output"; fi
contains "$output" "--token-file $TOKENS/words holds no token" "two words"
lacks "$output" 'two words' "two words"
if output=$(call TodoRepository.List '{}' --token-file "$TOKENS/none" 2>&1); then fail "no file: $output"; fi
contains "$output" "--token-file $TOKENS/none cannot be read" "no file"

step "keys that are replaced, first by a file that cannot be used"
next=$(make_key next)
token next bob
printf '{"keys":[' >"$TOKENS/keys/keys.json"
wait_until 60 "the problem is told" grep -q 'msg="the keys of tokens cannot be used.*keys.json is no JWK set' "$SERVER_LOG"
answers alice || fail "the last good keys are not in use"
publish "$first" "$next"
wait_until 60 "the new key is in use" answers bob
answers alice || fail "the old key is not in use"
publish "$next"
wait_until 60 "the old key is forgotten" refused TOKEN_INVALID --token-file "$TOKENS/alice"
answers bob || fail "the new key alone"
equals "$(metric rowkeeper_token_keys)" 1 "keys"
equals "$(metric rowkeeper_token_key_loads_total)" 3 "loads"
equals "$(metric rowkeeper_token_key_load_failures_total)" 1 "failures"
[ "$(metric 'rowkeeper_tokens_refused_total{problem="expired"}')" -ge 1 ] || fail "refused tokens are not counted"
