#!/usr/bin/env bash
# deploy/observability/otel-collector.yaml, as it stands, by the OpenTelemetry Collector itself: spans of a server go through it to
# what stores traces, with the credentials that only the collector has.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh
# shellcheck source=tests/clients/tools.sh
source tests/clients/tools.sh
# shellcheck source=tests/support/certificates.sh
source tests/support/certificates.sh
# shellcheck source=tests/support/postgres.sh
source tests/support/postgres.sh

readonly CONFIG=deploy/observability/otel-collector.yaml
STORE_PID=
OTELCOL_PID=
SPANS=$WORK/spans
clean_up_more() {
  [ -z "$OTELCOL_PID" ] || kill -TERM "$OTELCOL_PID" 2>/dev/null || true
  [ -z "$STORE_PID" ] || kill -TERM "$STORE_PID" 2>/dev/null || true
}
has_spans() { grep -q "\"name\": \"$1\"" "$SPANS"; }

need_otelcol
need_collector

step "the file is one that the collector takes"
export TRACES_TOKEN=a-word-that-the-collector-has
"$OTELCOL" validate --config "$CONFIG" >"$WORK/validated" 2>&1 || fail "otelcol validate: $(cat "$WORK/validated")"
sed 's/limit_mib/limit_mb/' "$CONFIG" >"$WORK/wrong.yaml"
if "$OTELCOL" validate --config "$WORK/wrong.yaml" >"$WORK/validated" 2>&1; then fail "otelcol validate sees no mistakes"; fi

step "spans go through it, and it adds the credentials"
make_certificates
: >"$SPANS"
"$PYTHON" tests/clients/python/trace_collector.py "$SPANS" "$WORK/ready" --tls "$TLS/server.crt" "$TLS/server.key" \
  --metadata "$WORK/metadata" >"$WORK/store.log" 2>&1 &
STORE_PID=$!
wait_until 60 "what stores traces listens" test -e "$WORK/ready"
# Only what is of this machine: where it listens, and where it sends.
port=$(free_port)
"$OTELCOL" --config "$CONFIG" --config "yaml:receivers::otlp::protocols::grpc::endpoint: 127.0.0.1:$port" \
  --config "yaml:exporters::otlp_grpc::endpoint: localhost:$(cat "$WORK/ready")" \
  --config "yaml:exporters::otlp_grpc::tls::ca_file: $TLS/root.crt" \
  --config "yaml:service::telemetry::metrics::level: none" >"$WORK/otelcol.log" 2>&1 &
OTELCOL_PID=$!
wait_until 60 "the collector listens" grep -q 'Everything is ready' "$WORK/otelcol.log"
start_planner --otlp-endpoint "http://127.0.0.1:$port" --trace-sample-ratio 1 --admin-listen 127.0.0.1:0
call ProfileRepository.GetById "{\"id\": \"$ADA\"}" >/dev/null
wait_until 60 "the span of the call has come" has_spans planner.v1.ProfileRepository/GetById
wait_until 60 "the span of its statement has come" has_spans 'SELECT profiles'
contains "$(cat "$WORK/metadata")" "^authorization: Bearer $TRACES_TOKEN\$" "what the collector sent"
lacks "$(cat "$WORK/otelcol.log")" 'deprecated|	error	|	warn	' "what the collector says of the file"
contains "$(page /metrics)" '^rowkeeper_span_export_failures_total 0$' "the server's metrics"
