#!/usr/bin/env bash
# TLS as an operator meets it: flags that do not go together, files that cannot be used, calls, a pair that is replaced.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh
# shellcheck source=tests/support/certificates.sh
source tests/support/certificates.sh

nowhere=postgresql://nobody@127.0.0.1:1/nothing
make_certificates
issue root next "DNS:localhost,IP:127.0.0.1"

# refuses PATTERN ARG...: serve ends by itself with exit code 1 and one line that holds PATTERN.
refuses() {
  local pattern=$1 status=0 output
  shift
  output=$(timeout 30 "$ROWKEEPER" serve "${PLANNER[@]}" --database-url "$nowhere" "$@" 2>&1 </dev/null) || status=$?
  equals "$status" 1 "exit code of serve $*"
  output=$(grep -v '^time=' <<<"$output") || fail "no explanation of $*"
  contains "$output" "^rowkeeper: .*$pattern" "serve $*"
}
# says CODE PATTERN ARG...: `call` ends with CODE; its output holds PATTERN.
says() {
  local code=$1 pattern=$2 status=0 output
  shift 2
  output=$("$ROWKEEPER" call TodoRepository.List '{"page_size": 1}' --address "$ADDRESS" --timeout 10 "$@" 2>&1) || status=$?
  equals "$status" "$code" "exit code of call $* ($output)"
  contains "$output" "$pattern" "call $*"
}
metric() { curl -sf "http://$ADMIN/metrics" | sed -n "s/^$1 //p"; }

step "plain text for other machines has to be asked for"
refuses '0.0.0.0:0: other machines reach it.*--tls-cert and --tls-key, or --insecure' --listen 0.0.0.0:0
start_server "${PLANNER[@]}" --database-url "$nowhere" --listen 0.0.0.0:0 --insecure
kill_server

step "flags that do not go together"
refuses '--tls-cert needs --tls-key' --listen 127.0.0.1:0 --tls-cert "$TLS/server.crt"
refuses '--tls-key needs --tls-cert' --listen 127.0.0.1:0 --tls-key "$TLS/server.key"
pair=(--listen 127.0.0.1:0 --tls-cert "$TLS/server.crt" --tls-key "$TLS/server.key")
refuses '--tls-client-certs needs --tls-client-roots' "${pair[@]}" --tls-client-certs required
refuses '--tls-client-roots does nothing' "${pair[@]}" --tls-client-roots "$TLS/root.crt"
refuses '--tls-client-certs needs --tls-cert' --listen 127.0.0.1:0 --tls-client-certs optional
refuses '--insecure and --tls-cert exclude each other' "${pair[@]}" --insecure
printf 'tls-cert = "x"\n' >"$WORK/mistake.toml"
status=0
output=$("$ROWKEEPER" config check --config "$WORK/mistake.toml" 2>&1) || status=$?
equals "$status" 2 "exit code of config check"
contains "$output" '--tls-cert needs --tls-key' "config check"

step "files that cannot be used"
refuses "--tls-cert $TLS/none.crt cannot be read: No such file" --listen 127.0.0.1:0 --tls-cert "$TLS/none.crt" --tls-key "$TLS/server.key"
refuses "--tls-key $TLS/next.key is not the key of the certificate in --tls-cert $TLS/server.crt" --listen 127.0.0.1:0 \
  --tls-cert "$TLS/server.crt" --tls-key "$TLS/next.key"
: >"$TLS/empty"
refuses "--tls-client-roots $TLS/empty is empty" "${pair[@]}" --tls-client-certs required --tls-client-roots "$TLS/empty"

step "calls with TLS and without"
start_server "${PLANNER[@]}" --database-url "$nowhere" "${pair[@]}"
says 1 'the server is starting|database' --server-roots "$TLS/root.crt"
kill_server
mkdir "$TLS/live"
cp "$TLS/server.crt" "$TLS/live/tls.crt"
cp "$TLS/server.key" "$TLS/live/tls.key"
chmod 644 "$TLS/live/tls.key"
make_scratch_database
bootstrap_planner
start_server "${PLANNER[@]}" --database-url "$SCRATCH_URL" --listen 127.0.0.1:0 --listen "unix:$WORK/server.sock" \
  --tls-cert "$TLS/live/tls.crt" --tls-key "$TLS/live/tls.key" --tls-client-certs optional --tls-client-roots "$TLS/root.crt" \
  --allow-anonymous
ADMIN=$(sed -n 's/.*msg="admin listener".*address=\([^ ]*\).*/\1/p' "$SERVER_LOG" | head -n 1)
[ -n "$ADMIN" ] || fail "no address of the admin listener"
contains "$(cat "$SERVER_LOG")" 'every user of this machine can read the TLS key.*live/tls.key' "the log"
wait_until 60 "the server serves" "$ROWKEEPER" call TodoRepository.List '{}' --address "$ADDRESS" --server-roots "$TLS/root.crt"
says 0 '^\{' --server-roots "$TLS/root.crt"
says 0 '^\{' --server-roots "$TLS/root.crt" --client-cert "$TLS/client.crt" --client-key "$TLS/client.key"
says 1 '^UNAVAILABLE' --server-roots "$TLS/root.crt" --client-cert "$TLS/stranger.crt" --client-key "$TLS/stranger.key"
says 1 '^UNAVAILABLE' --server-roots "$TLS/other.crt"
says 1 '^UNAVAILABLE' --server-roots "$TLS/root.crt" --server-name rows.example.org
says 0 '^\{' --server-roots "$TLS/root.crt" --server-name localhost
says 1 '^UNAVAILABLE' --tls
says 1 '^UNAVAILABLE'
says 1 '--client-cert and --client-key go together' --client-cert "$TLS/client.crt"
says 1 "--server-roots $TLS/none cannot be read" --server-roots "$TLS/none"
says 1 "--server-roots $TLS/empty holds no PEM" --server-roots "$TLS/empty"
"$ROWKEEPER" call TodoRepository.List '{}' --address "unix:$WORK/server.sock" >/dev/null || fail "the unix socket is plain"
[ "$(metric rowkeeper_tls_handshakes_failed_total)" -ge 1 ] || fail "failed handshakes are not counted"
contains "$(cat "$SERVER_LOG")" 'msg="a TLS handshake failed" problem=' "the log"

step "a pair that is replaced, first by one that does not fit"
cp "$TLS/next.key" "$TLS/live/tls.key"
wait_until 60 "the problem is told" grep -q 'msg="the TLS files cannot be used.*is not the key of the certificate' "$SERVER_LOG"
equals "$(metric rowkeeper_tls_load_failures_total)" 1 "failures"
says 0 '^\{' --server-roots "$TLS/root.crt"
cp "$TLS/next.crt" "$TLS/live/tls.crt"
fingerprint=$(openssl x509 -in "$TLS/next.crt" -noout -fingerprint -sha256 | sed 's/.*=//; s/://g' | tr A-F a-f)
wait_until 60 "the new pair is in use" grep -q "msg=\"TLS certificate in use\" sha256=$fingerprint" "$SERVER_LOG"
says 0 '^\{' --server-roots "$TLS/root.crt"
equals "$(metric rowkeeper_tls_loads_total)" 2 "loads"
expiry=$(date -d "$(openssl x509 -in "$TLS/next.crt" -noout -enddate | sed 's/.*=//')" +%s)
equals "$(printf '%.0f' "$(metric rowkeeper_tls_certificate_expiry_timestamp_seconds)")" "$expiry" "expiry"
