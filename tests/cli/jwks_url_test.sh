#!/usr/bin/env bash
# Keys of tokens that the server fetches from their issuer: URLs that are refused, an issuer that is down, new keys.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh
# shellcheck source=tests/support/tokens.sh
source tests/support/tokens.sh
# shellcheck source=tests/support/certificates.sh
source tests/support/certificates.sh
# shellcheck source=tests/support/postgres.sh
source tests/support/postgres.sh

ISSUER_PID=
clean_up_more() { end_issuer; }

# refuses PATTERN ARG...: serve ends by itself with exit code 1 and one line that holds PATTERN.
refuses() {
  local pattern=$1 status=0 output
  shift
  output=$(timeout 30 "$ROWKEEPER" serve "${PLANNER[@]}" --database-url postgresql://nobody@127.0.0.1:1/nothing \
    --listen 127.0.0.1:0 "${ISSUER_FLAGS[@]}" "$@" 2>&1 </dev/null) || status=$?
  equals "$status" 1 "exit code of serve $*"
  lacks "$output" secret "serve $*"
  output=$(grep -v '^time=' <<<"$output") || fail "no explanation of $*"
  contains "$output" "^rowkeeper: .*$pattern" "serve $*"
}
# answers SUBJECT...: the call succeeds with each token.
answers() {
  local subject
  for subject; do call TodoRepository.List '{"page_size": 1}' --token-file "$TOKENS/$subject" >/dev/null; done
}
# refused CODE REASON SUBJECT
refused() {
  local output
  if output=$(call planner.v1.TodoRepository.List '{"page_size": 1}' --token-file "$TOKENS/$3" 2>&1); then
    fail "call of $3: expected $2, got $output"
  fi
  contains "$output" "^$1: " "call of $3"
  contains "$output" "\"reason\":\"$2\"" "call of $3"
}
metric() { page /metrics | sed -n "s/^$1 //p"; }
issuer_says() { grep -q "$1" "$WORK/issuer.log"; }
serves() { grep -q "msg=serving" "$SERVER_LOG"; }
start_issuer() {
  : >"$WORK/issuer.log"
  python3 tests/support/key_server.py "$PORT" "$TLS/server.crt" "$TLS/server.key" "$TOKENS/keys/keys.json" >>"$WORK/issuer.log" 2>&1 &
  ISSUER_PID=$!
  wait_until 60 "the issuer listens" issuer_says listening
}
end_issuer() {
  [ -n "$ISSUER_PID" ] || return 0
  kill "$ISSUER_PID"
  wait "$ISSUER_PID" 2>/dev/null || true
  ISSUER_PID=
}

make_certificates
first=$(make_key first)
next=$(make_key next)
publish "$first"
token first alice
token next bob
PORT=$(free_port)
URL_FLAGS=("${ISSUER_FLAGS[@]}" --jwt-keys "https://localhost:$PORT/keys?p=s3cretword" --jwt-keys-ca "$TLS/root.crt")

step "URLs that are refused"
refuses 'must not hold a user or a password' --jwt-keys https://secret@issuer.example/
refuses 'by https:// only' --jwt-keys http://issuer.example/keys
refuses 'the URL cannot be read' --jwt-keys 'https://issuer.example/a secret'
refuses '--jwt-keys-ca is for --jwt-keys that are fetched' --jwt-keys "$TOKENS/keys" --jwt-keys-ca "$TLS/root.crt"
refuses "--jwt-keys-ca $TLS/none cannot be read" --jwt-keys https://issuer.example/ --jwt-keys-ca "$TLS/none"
refuses "--jwt-keys-ca $TLS/root.key holds no certificate" --jwt-keys https://issuer.example/ --jwt-keys-ca "$TLS/root.key"
status=0
output=$("$ROWKEEPER" config check "${ISSUER_FLAGS[@]}" --jwt-keys https://me:secret@issuer.example/ 2>&1) || status=$?
equals "$status" 2 "exit code of config check"
lacks "$output" secret "config check"
output=$("$ROWKEEPER" config show "${ISSUER_FLAGS[@]}" --jwt-keys 'https://me:secret@issuer.example/?secret')
contains "$output" 'jwt-keys = "https://\*\*\*@issuer.example/\?\*\*\*"' "config show"

step "an issuer that is down when the server starts"
make_scratch_database
bootstrap_planner
start_server "${PLANNER[@]}" --database-url "$SCRATCH_URL" --listen 127.0.0.1:0 "${URL_FLAGS[@]}"
wait_until 60 "the server serves" serves
refused UNAVAILABLE SERVER_STARTING alice
page_says /readyz 503 'has not fetched the keys of tokens yet' || fail "$(page /readyz)"
wait_until 60 "the log tells" grep -q 'msg="the keys of tokens cannot be fetched; no token is accepted until they are" problem=.*connect.* url=https://localhost:' \
  "$SERVER_LOG"
[ "$(metric 'rowkeeper_token_key_fetches_total{result="unreachable"}')" -ge 1 ] || fail "failures are not counted"
equals "$(metric rowkeeper_token_keys)" 0 "keys"
start_issuer
wait_until 120 "the keys are fetched" answers alice
page_says /readyz 200 || fail "$(page /readyz)"
equals "$(metric 'rowkeeper_token_key_fetches_total{result="fetched"}')" 1 "fetches"

step "a new key is fetched when the first token of it comes"
publish "$first" "$next"
refused UNAUTHENTICATED TOKEN_INVALID bob
answers alice || fail "the old key is not in use"
wait_until 60 "the new key is in use" answers bob
answers alice || fail "the old key is not in use"
equals "$(metric rowkeeper_token_keys)" 2 "keys"
equals "$(metric rowkeeper_token_key_loads_total)" 2 "loads"
contains "$(metric rowkeeper_token_keys_age_seconds)" '^[0-9]' "the age of the keys"

step "an issuer that goes"
end_issuer
answers alice bob || fail "the keys that were fetched are not in use"
lacks "$(cat "$SERVER_LOG")" s3cretword "the log, which has no query of a URL"
contains "$(page /config)" '"https://localhost:[0-9]*/keys\?\*\*\*"' "the configuration"

step "an issuer that is up when the server starts"
start_issuer
kill_server
start_server "${PLANNER[@]}" --database-url "$SCRATCH_URL" --listen 127.0.0.1:0 "${URL_FLAGS[@]}"
wait_until 60 "the keys are fetched" answers alice bob

step "an issuer whose certificate is another's"
end_issuer
cp "$TLS/stranger.crt" "$TLS/server.crt"
cp "$TLS/stranger.key" "$TLS/server.key"
start_issuer
kill_server
start_server "${PLANNER[@]}" --database-url "$SCRATCH_URL" --listen 127.0.0.1:0 "${URL_FLAGS[@]}"
wait_until 60 "the log tells" grep -q 'msg="the keys of tokens cannot be fetched; no token is accepted until they are" problem=.*certificate' "$SERVER_LOG"
wait_until 60 "the server serves" serves
refused UNAVAILABLE SERVER_STARTING alice
lacks "$(cat "$WORK/issuer.log")" /keys "requests to a server that is not trusted"
