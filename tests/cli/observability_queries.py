"""Runs every query of the dashboard and of the loaded alert rules on a Prometheus, and says which finds nothing.

usage: observability_queries.py PROMETHEUS DASHBOARD REFERENCE
A query that may find nothing is listed below with the reason, and its metrics must stand in REFERENCE all the same.
"""

import json
import re
import sys
import time
import urllib.parse
import urllib.request

# Metrics without a series until something happens that the test does not bring about. Alerts compare, so they find
# nothing while all is well; their metrics are asked for without the comparison.
NO_DATA_UNLESS = {
    f"rowkeeper_tls_{name}": "the server speaks TLS"
    for name in ("certificate_expiry_timestamp_seconds", "handshakes_failed_total", "loads_total", "load_failures_total")
} | {
    f"rowkeeper_token{name}": "tokens are accepted"
    for name in ("s_accepted_total", "s_refused_total", "_cache_bytes", "_keys", "_key_loads_total", "_key_load_failures_total",
                 "_key_fetches_total", "_keys_age_seconds")
} | {
    f"rowkeeper_span{name}": "spans are exported"
    for name in ("s_exported_total", "s_dropped_total", "_export_failures_total", "s_waiting")
} | {"rowkeeper_registered": "there is the table of servers"}
# Metrics that no panel and no alert shows: they explain others, or stand for what is no trouble.
NOT_SHOWN = {
    "db_client_connection_create_time_seconds", "db_client_connection_idle_max", "process_virtual_memory_bytes",
    "rowkeeper_idempotency_stored_bytes_total", "rowkeeper_idempotency_swept_total", "rowkeeper_pool_open_connections",
    "rowkeeper_schema_probes_total", "rowkeeper_traceparents_malformed_total",
}
NO_METRICS = {
    "by", "sum", "min", "max", "rate", "increase", "topk", "histogram_quantile", "count", "or", "and", "on", "vector",
    "changes", "le", "up", "unless", "instance",
}


def get(address, path, **parameters):
    url = f"http://{address}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
    with urllib.request.urlopen(url, timeout=20) as answer:
        return json.load(answer)["data"]


def dashboard_queries(path):
    with open(path, encoding="utf-8") as file:
        dashboard = json.load(file)
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            query = target["expr"].replace("$__rate_interval", "10s").replace("$instance", ".*")
            assert "$" not in query, query
            yield panel["title"], query
    for variable in dashboard["templating"]["list"]:
        match = re.fullmatch(r"label_values\((\w+), (\w+)\)", variable.get("definition", ""))
        if match:
            yield variable["name"], f"count by ({match[2]}) ({match[1]})"


def alert_rules(address):
    for group in get(address, "rules")["groups"]:
        for rule in group["rules"]:
            yield rule["name"], rule["query"], rule.get("health"), rule.get("lastError")


def metrics_of(query):
    without_labels = re.sub(r"\{[^}]*\}|\"[^\"]*\"|\b(?:by|on) ?\([^)]*\)", "", query)
    return set(re.findall(r"\b[a-z][a-z_0-9]*_[a-z_0-9]+\b", without_labels)) - NO_METRICS


def family(metric, documented):
    base = re.sub(r"_(bucket|sum|count)$", "", metric)
    return metric if metric in documented else base


def until(seconds, question):
    end = time.monotonic() + seconds
    while not (found := question()) and time.monotonic() < end:
        time.sleep(0.25)
    return found


def main(address, dashboard, reference):
    with open(reference, encoding="utf-8") as file:
        documented = set(re.findall(r"^\| `([a-z_0-9]+)` \| (?:counter|gauge|histogram)", file.read(), re.MULTILINE))
    problems = []
    until(20, lambda: get(address, "query", query="rate(rpc_server_call_duration_seconds_count[10s]) > 0")["result"])
    queries = list(dashboard_queries(dashboard))
    rules = list(alert_rules(address))
    assert len(queries) > 30 and len(rules) > 10, (len(queries), len(rules))
    for title, query in queries:
        if not until(5, lambda q=query: get(address, "query", query=q)["result"]):
            missing = [m for m in metrics_of(query) if m not in NO_DATA_UNLESS]
            if missing:
                problems.append(f"{title}: no data for {query}")
    for name, query, _, _ in rules:
        for metric in metrics_of(query):
            if not get(address, "query", query=metric)["result"] and metric not in NO_DATA_UNLESS:
                problems.append(f"{name}: there is no {metric}")
    until(10, lambda: all(health == "ok" for _, _, health, _ in alert_rules(address)))
    problems += [f"{name}: {error}" for name, _, health, error in alert_rules(address) if health != "ok"]
    for title, query in queries + [(name, query) for name, query, _, _ in rules]:
        unknown = {family(m, documented) for m in metrics_of(query)} - documented
        if unknown:
            problems.append(f"{title}: not in {reference}: {', '.join(sorted(unknown))}")
    asked = {family(m, documented) for _, query in queries + [(r[0], r[1]) for r in rules] for m in metrics_of(query)}
    problems += [f"neither a panel nor an alert shows {metric}" for metric in sorted(documented - asked - NOT_SHOWN)]
    problems += [f"{metric} is shown, or there is no such metric" for metric in sorted(NOT_SHOWN - (documented - asked))]
    firing = [alert["labels"]["alertname"] for alert in get(address, "alerts")["alerts"] if alert["state"] == "firing"]
    if firing:
        problems.append(f"all is well, and yet {', '.join(firing)}")
    print("\n".join(problems) or f"{len(queries)} queries and {len(rules)} rules find their metrics")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
