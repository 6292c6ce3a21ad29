#!/usr/bin/env bash
# The dashboard and the alert rules: Prometheus scrapes a real server, and every query of both finds its metrics there.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh

readonly RULES=deploy/observability/rowkeeper-alerts.yaml
PROMETHEUS_PID=
clean_up_more() {
  [ -n "$PROMETHEUS_PID" ] || return 0
  kill -KILL "$PROMETHEUS_PID" 2>/dev/null
  wait "$PROMETHEUS_PID" 2>/dev/null
}

{ command -v prometheus && command -v promtool && command -v python3; } >/dev/null ||
  skip "prometheus, promtool or python3 is not installed"

step "the alert rules are well-formed, and ring when they should"
promtool check rules "$RULES" >"$WORK/rules.log" 2>&1 || fail "$(cat "$WORK/rules.log")"
promtool test rules tests/cli/observability_alerts.yaml >"$WORK/rules.log" 2>&1 || fail "$(cat "$WORK/rules.log")"

step "Prometheus scrapes a server"
printf '[methods]\n"*" = ["everyone"]\n[features]\n"*" = ["everyone"]\ndebug = []\n' >"$WORK/policy.toml"
start_planner --policy-file "$WORK/policy.toml" --admin-listen 127.0.0.1:0 --migrations migrations/planner --max-batch-rows 2 --calls-per-caller 1
cat >"$WORK/prometheus.yaml" <<YAML
global: {scrape_interval: 250ms, evaluation_interval: 250ms}
rule_files: ["$PWD/$RULES"]
scrape_configs:
  - job_name: rowkeeper
    static_configs: [{targets: ["$(admin_address)"]}]
YAML
prometheus --config.file="$WORK/prometheus.yaml" --storage.tsdb.path="$WORK/tsdb" --web.listen-address=127.0.0.1:0 \
  >"$WORK/prometheus.log" 2>&1 &
PROMETHEUS_PID=$!
prometheus_address() {
  PROMETHEUS=$(sed -n 's/.*msg="Listening on" address=\([^ ]*\).*/\1/p' "$WORK/prometheus.log")
  [ -n "$PROMETHEUS" ]
}
wait_until 60 "Prometheus listens" prometheus_address
prometheus_address

step "calls of every kind, between scrapes"
NOBODY=00000000-0000-4000-8000-000000000000
call_every_kind() {
  call ProfileRepository.GetById "{\"id\": \"$ADA\"}" >/dev/null
  call ProfileRepository.GetById "{\"id\": \"$NOBODY\"}" >/dev/null 2>&1 || true
  call TodoRepository.BatchGet "{\"ids\": [\"$NOBODY\", \"$NOBODY\", \"$NOBODY\"]}" >/dev/null 2>&1 || true
  call ProfileRepository.Create '{"profile": {"email": "a@b.c", "handle": "ada", "display_name": "Ada"}}' >/dev/null 2>&1 || true
  call ProfileRepository.GetById "{\"id\": \"$ADA\"}" --header "rowkeeper-debug: cost" >/dev/null 2>&1 || true # by policy
  local handle
  handle=$(call rowkeeper.v1.UnitOfWork.Begin '{}' | sed -n 's/^ *"handle": "\(.*\)".*/\1/p')
  call rowkeeper.v1.UnitOfWork.Commit '{}' --header "rowkeeper-unit-of-work: $handle" >/dev/null 2>&1 || true
}
# While one update waits for the row, the caller has as many calls as one may.
update() {
  call ProfileRepository.Update "{\"profile\": {\"id\": \"$ADA\", \"display_name\": \"Ada\"}, \"update_mask\": \"display_name\"}"
}
hold_row
update >/dev/null 2>&1 &
FIRST=$!
update >/dev/null 2>&1 &
SECOND=$!
wait_until 60 "the queue refuses one of them" page_says /metrics 200 'limit_refusals_total.limit="calls-per-caller"'
release_row
wait "$FIRST" "$SECOND" || true
for _ in 1 2 3; do
  call_every_kind
  sleep 0.6 # Prometheus scrapes between them
done

step "every query finds its metrics"
python3 tests/cli/observability_queries.py "$PROMETHEUS" deploy/observability/rowkeeper-dashboard.json \
  proto/reference/metrics.md
