"""The figures that the project wants to reach, each a ratio of two measurements of one run."""

OURS = "rowkeeper"


def _ratio(name, in_flight, other, figure="rows_per_second"):
    """What ours does as a multiple of another contender; None unless both were measured."""

    def measure(results):
        contenders = _contenders(results, name, in_flight)
        if OURS not in contenders or other not in contenders or not contenders[other].get(figure):
            return None
        return contenders[OURS][figure] / contenders[other][figure]

    return measure


def _contenders(results, name, in_flight):
    for result in results:
        if result["name"] == name and result["in_flight"] == in_flight:
            return result["contenders"]
    return {}


def _cpu_above_empty(in_flight):
    def measure(results):
        contenders = _contenders(results, "get_by_id", in_flight)
        if OURS not in contenders or "empty call" not in contenders:
            return None
        return contenders[OURS]["server_cpu_us"] - contenders["empty call"]["server_cpu_us"]

    return measure


def _latency_above_parts(results):
    """p50 of a GetById, as a multiple of an empty call's p50 and the latency of PostgreSQL's answer together."""
    contenders = _contenders(results, "get_by_id", 1)
    if not {OURS, "empty call", "pgbench select"} <= contenders.keys():
        return None
    return contenders[OURS]["p50_us"] / (contenders["empty call"]["p50_us"] + contenders["pgbench select"]["mean_us"])


def _last_to_first(name, in_flight, figure="p50_us"):
    def measure(results):
        values = [summary.get(figure) for summary in _contenders(results, name, in_flight).values()]
        return values[-1] / values[0] if len(values) > 1 and values[0] and values[-1] else None

    return measure


def _with_to_without(guard):
    ratio = _ratio("get_by_id behind guards", 16, guard)
    return lambda results: _inverse(ratio(results))


def _peers(what, name, in_flight, go, rust, python):
    return [(f"{what} against {peer}", _ratio(name, in_flight, peer.lower()), ">=", wanted)
            for peer, wanted in (("Go", go), ("Rust", rust), ("Python", python))]


TARGETS = [
    *[(f"server CPU of a GetById above an empty call, {n} in flight, µs", _cpu_above_empty(n), "<=", wanted)
      for n, wanted in ((1, 35), (16, 25), (64, 20))],
    ("GetById / empty call, 64 in flight", _ratio("get_by_id", 64, "empty call"), ">=", 0.40),
    ("GetById p50 / (empty call + pgbench), 1 in flight", _latency_above_parts, "<=", 1.25),
    *_peers("GetById, 64 in flight,", "get_by_id", 64, 1.5, 1.2, 16),
    *_peers("ListByOwner, 50 rows, 16 in flight,", "list_by_owner, 50 rows", 16, 2.2, 1.2, 9),
    *_peers("Create, 16 in flight,", "create", 16, 1.3, 1.0, 8),
    *_peers("Update with version, 16 in flight,", "update with version", 16, 1.3, 1.0, 12),
    *_peers("SoftDelete + Restore, 16 in flight,", "soft_delete + restore", 16, 1.2, 1.0, 9),
    ("SoftDelete + Restore, PostgreSQL's CPU against Go", _ratio("soft_delete + restore", 16, "go", "postgres_cpu_us"),
     "<=", 1.1),
    ("Begin + Create + Commit against pgbench, 16 in flight",
     _ratio("unit of work, 1 creates", 16, "pgbench BEGIN INSERT COMMIT"), ">=", 0.45),
    ("Run of one create, time against a plain one",
     lambda results: _inverse(_ratio("Run of 1 creates", 16, "rowkeeper, plain create")(results)), "<=", 1.15),
    ("Create with idempotency key against plain Create",
     _ratio("create with idempotency key", 16, "rowkeeper, plain create"), ">=", 0.6),
    ("BatchCreate of 1000 rows against \\copy", _ratio("batch_create, 1000 rows", 1, "\\copy"), ">=", 0.5),
    ("Import against \\copy", _ratio("import, messages of 1000 rows", 1, "\\copy"), ">=", 0.5),
    ("GetById with 1 % of traces against without, 16 in flight", _with_to_without("traces, 1 % sampled"), ">=", 0.98),
    ("GetById with token and policy against without, 16 in flight", _with_to_without("token and policy"), ">=", 0.97),
    ("last page against page 1, p50", _last_to_first("list_by_owner, 10 rows, by page", 1), "<=", 1.1),
    ("most rows against least, GetById p50", _last_to_first("get_by_id by rows of the table", 1), "<=", 1.25),
    ("95 % deleted against none, p50", _last_to_first("list_by_owner, 50 live rows, by deleted ones", 1), "<=", 1.1),
]


def _inverse(value):
    return 1 / value if value else None


def judge(results):
    """A row for each target that this run has measured."""
    rows = []
    for what, measure, sign, wanted in TARGETS:
        measured = measure(results)
        if measured is not None:
            reached = measured >= wanted if sign == ">=" else measured <= wanted
            rows.append({"what": what, "measured": round(measured, 3), "sign": sign, "wanted": wanted,
                         "reached": reached})
    return rows
