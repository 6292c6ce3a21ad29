#!/usr/bin/env bash
# Traces, with a collector made of OpenTelemetry's own Python package: spans of calls of every kind, a collector that goes
# and comes back, TLS, what is sent at the end.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh
# shellcheck source=tests/clients/tools.sh
source tests/clients/tools.sh
# shellcheck source=tests/support/certificates.sh
source tests/support/certificates.sh

COLLECTOR_PID=
SPANS=$WORK/spans
stop_collector() {
  [ -n "$COLLECTOR_PID" ] || return 0
  kill -TERM "$COLLECTOR_PID" 2>/dev/null || true
  wait "$COLLECTOR_PID" 2>/dev/null || true
  COLLECTOR_PID=
}
clean_up_more() {
  stop_collector
}
# collect ARG...: starts the collector, and sets PORT.
collect() {
  rm -f "$WORK/ready"
  "$PYTHON" tests/clients/python/trace_collector.py "$SPANS" "$WORK/ready" "$@" >"$WORK/collector.log" 2>&1 &
  COLLECTOR_PID=$!
  wait_until 60 "the collector listens" test -e "$WORK/ready"
  PORT=$(cat "$WORK/ready")
}
spans() { grep -c . "$SPANS"; }
get_ada() { call ProfileRepository.GetById "{\"id\": \"$ADA\"}" >/dev/null; }
metric() { page /metrics | sed -n "s/^$1 //p"; }
metric_is() { [ "$(metric "$1")" = "$2" ]; }
# refuses PATTERN ARG...: serve ends at once and says PATTERN.
refuses() {
  local pattern=$1 output
  shift
  if output=$(timeout 60 "$ROWKEEPER" serve "${PLANNER[@]}" --database-url postgresql://nobody@127.0.0.1:1/x --listen 127.0.0.1:0 \
    "$@" 2>&1 </dev/null); then fail "serve $* was expected to end"; fi
  contains "$output" "$pattern" "serve $*"
}

need_collector
stubs=$CLIENTS_BUILD/traces
rm -rf "$stubs"
mkdir -p "$stubs"
need_command protoc protobuf-compiler
need_command grpc_python_plugin protobuf-compiler-grpc
python_stubs "$stubs" proto/planner/v1/*.proto proto/rowkeeper/v1/annotations.proto proto/rowkeeper/v1/unit_of_work.proto
export PYTHONDONTWRITEBYTECODE=1

step "flags that name no collector"
refuses '--otlp-endpoint: "localhost:4317" is no address of a collector; write http://HOST:PORT' --otlp-endpoint localhost:4317
refuses '--otlp-roots needs --otlp-endpoint' --otlp-roots "$WORK/none"
refuses '--otlp-roots is for a collector that is reached by https://' --otlp-endpoint http://localhost:4317 --otlp-roots "$WORK/none"
refuses '--otlp-roots .*/none cannot be read' --otlp-endpoint https://localhost:4317 --otlp-roots "$WORK/none"

step "spans of calls of every kind"
collect
start_planner --otlp-endpoint "http://127.0.0.1:$PORT" --trace-sample-ratio 0 --trace-service-name planner \
  --admin-listen 127.0.0.1:0
PYTHONPATH=$stubs "$PYTHON" tests/clients/python/traces.py "$ADDRESS" "$SPANS" "$ADA" || fail "the spans; the lines above say where"
metric_is 'rowkeeper_span_export_failures_total' 0 || fail "an export has failed"
[ "$(metric rowkeeper_spans_exported_total)" -gt 10 ] || fail "exported spans are not counted"

step "logs have the ids of the call's own span"
kill_server
stop_collector
: >"$SPANS"
collect --unix "$WORK/otlp.sock"
start_server "${PLANNER[@]}" --database-url "$SCRATCH_URL" --listen 127.0.0.1:0 --otlp-endpoint "unix:$WORK/otlp.sock" \
  --trace-sample-ratio 1 --log-calls all --admin-listen 127.0.0.1:0
wait_until 60 "the server serves" serving
get_ada
wait_until 60 "the spans are there" grep -q ProfileRepository/GetById "$SPANS"
wait_until 60 "the line is there" grep -q 'msg=call method=planner.v1.ProfileRepository.GetById' "$SERVER_LOG"
line=$(grep 'msg=call method=planner.v1.ProfileRepository.GetById' "$SERVER_LOG" | head -n 1)
trace=$(sed -n 's/.* trace_id=\([^ ]*\).*/\1/p' <<<"$line")
span=$(sed -n 's/.* span_id=\([^ ]*\).*/\1/p' <<<"$line")
grep -q "\"trace\": \"$trace\", \"id\": \"$span\", \"parent\": \"\".*ProfileRepository/GetById" "$SPANS" || fail "no span is that of $line"

step "a collector that goes and comes back"
stop_collector
before=$(spans)
get_ada
wait_until 60 "the server notices" grep -q 'msg="traces cannot be exported now' "$SERVER_LOG"
get_ada
equals "$(spans)" "$before" "spans without a collector"
collect --unix "$WORK/otlp.sock"
wait_until 120 "what waited is sent" grep -q 'msg="traces are exported again"' "$SERVER_LOG"
wait_until 60 "all of it" metric_is rowkeeper_spans_waiting 0
[ "$(grep -c ProfileRepository/GetById "$SPANS")" -ge 3 ] || fail "the calls made meanwhile have no spans"
equals "$(metric 'rowkeeper_spans_dropped_total{cause="buffer"}')" 0 "dropped spans"

step "what waits is sent at the end"
before=$(spans)
get_ada
end_server TERM
equals "$SERVER_EXIT" 0 "exit code"
[ "$(spans)" -gt "$before" ] || fail "the spans of the last call were not sent"

step "a collector by TLS"
make_certificates
stop_collector
: >"$SPANS"
collect --tls "$TLS/server.crt" "$TLS/server.key"
start_server "${PLANNER[@]}" --database-url "$SCRATCH_URL" --listen 127.0.0.1:0 --otlp-endpoint "https://localhost:$PORT" \
  --otlp-roots "$TLS/root.crt" --trace-sample-ratio 1
wait_until 60 "the server serves" serving
get_ada
wait_until 60 "the spans are there" grep -q ProfileRepository/GetById "$SPANS"
