"""Tables for people."""

OURS = "rowkeeper"


def _number(value, digits=0):
    return "–" if value is None else f"{value:,.{digits}f}"


def ratio_to(summary, ours):
    """How many times as much `ours` does as `summary`, in rows, which all contenders have."""
    rate = summary.get("rows_per_second") or 0
    return round(ours["rows_per_second"] / rate, 3) if rate else None


def title(result):
    """The comparison's name, and its callers where they are the same for all contenders."""
    return result["name"] + (f", {result['in_flight']} in flight" if result["in_flight"] else "")


def print_comparison(result):
    """One line a contender; the ratio is what the first one does, as a multiple of this one."""
    print(f"\n{title(result)}")
    print(f"  {'':32}{result['unit']:>12}{'least–most':>17}{'p50 µs':>11}{'p99 µs':>11}{'server':>8}{'postgres':>9}"
          f"{'load':>7}{'switches':>10}{'MiB':>7}{'ratio':>7}{'errors':>8}")
    for name, summary in result["contenders"].items():
        spread = f"{_number(summary['per_second_least'])}–{_number(summary['per_second_most'])}"
        p50 = summary.get("p50_us")
        # pgbench and psql tell a mean only.
        latency = _number(p50) if p50 is not None else "ø" + _number(summary.get("mean_us"))
        print(f"  {name:32}{_number(summary['per_second']):>12}{spread:>17}{latency:>11}"
              f"{_number(summary.get('p99_us')):>11}"
              f"{_number(summary.get('server_cpu_us')):>8}{_number(summary.get('postgres_cpu_us')):>9}"
              f"{_number(summary.get('load_cpu_us')):>7}"
              f"{_number(summary.get('server_switches'), 1):>10}{_number(summary.get('server_mib')):>7}"
              f"{_number(result['ratios'].get(name), 2):>7}{summary['errors']:>8}", flush=True)
        if summary["error"]:
            print(f"      first error: {summary['error']}")
    for what, notes in result.get("notes", {}).items():
        print(f"  {what}: " + ", ".join(f"{name} {note}" for name, note in notes.items()))


def print_targets(rows):
    """What was aimed at. A miss is a miss."""
    if not rows:
        return
    print(f"\n{'Figures to reach':72}{'measured':>10}{'wanted':>12}")
    for row in rows:
        print(f"  {row['what']:70}{row['measured']:>10.2f}{row['sign'] + ' ' + format(row['wanted'], 'g'):>12}"
              f"  {'reached' if row['reached'] else 'MISSED'}")
