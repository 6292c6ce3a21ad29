#!/usr/bin/env python3
"""Measures Rowkeeper beside its peers and its ceilings. run.sh builds what this needs and calls it.

Prints a table for each comparison and writes results.json, rates.svg, cpu.svg and growth.svg.
"""

import argparse
import json
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile
import time

from harness import machine, plots, report, targets
from harness.blocks import Blocks, Failed, summarise
from harness.database import Cluster, Database, write_migrations
from harness.growth import Growth
from harness.servers import Servers
from harness.suite import CopyFile, OURS, Suite

HERE = pathlib.Path(__file__).resolve().parent
POOL_SIZE = 20
DURABILITY = ("SELECT string_agg(name || '=' || setting, ' ' ORDER BY name) FROM pg_settings"
              " WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes')")

# Figures for each form: how long a block is, how many, and how much data there is.
FORMS = {
    "short": {"blocks": 1, "block_ms": 60, "warm_up_ms": 10, "rows": 1000, "projects": 50,
              "sizes": {"rows": (1000, 2000), "pages": (1, 3), "callers": (1, 32), "open_units": (0, 5),
                        "deleted": (0, 95), "entities": (10, 20)}},
    "normal": {"blocks": 5, "block_ms": 1000, "warm_up_ms": 300, "rows": 100000, "projects": 200,
               "sizes": {"rows": (10**3, 10**4, 10**5, 10**6), "pages": (1, 10, 100, 1000, 10000),
                         "callers": (1, 4, 16, 64, 256, 1024), "open_units": (0, 10, 100, 500),
                         "deleted": (0, 50, 80, 95), "entities": (10, 100, 500)}},
}
FORMS["long"] = {**FORMS["normal"], "blocks": 9, "block_ms": 2000,
                 "sizes": {**FORMS["normal"]["sizes"], "rows": (10**3, 10**4, 10**5, 10**6, 10**7)}}


class Bench:
    """The databases, servers and programs of one run."""

    def __init__(self, options, servers, work):
        self.options = options
        self.form = FORMS[options.form]
        self.servers = servers
        self.work = work
        self.cluster = Cluster(options.database_url, options.postgres_bin, options.postgres_data)
        write_migrations(self.program("rowkeeper"), str(HERE / "proto"), self.work / "migrations")
        self.database = self.new_database("bench", profiles=self.form["rows"], pages=max(self.sizes("pages")) + 1,
                                          projects=self.form["projects"])
        self.blocks = self.blocks_of(self.database, self.form["rows"])

    def program(self, name):
        return str(pathlib.Path(self.options.programs) / name)

    def sizes(self, series):
        return self.form["sizes"][series]

    def pool_options(self):
        """The same pool for all; units of work may have most of it, so that 16 callers find room."""
        return ("--pool-size", str(POOL_SIZE), "--max-overflow", "0", "--unit-share", "0.8", "--units-per-caller", "0")

    def blocks_of(self, database, rows):
        return Blocks(self.program("rowkeeper_load"), self.servers, database, self.options.block_ms or
                      self.form["block_ms"], self.form["warm_up_ms"], rows)

    def empty_database(self, name, migrations):
        database = Database(self.cluster, name, self.program("rowkeeper"))
        database.migrate(migrations)
        return database

    def new_database(self, name, profiles, pages=0, projects=50):
        """A database with rows; those of the growth series have as many to-dos as profiles, too."""
        database = self.empty_database(name, self.work / "migrations")
        deleted = ",".join(str(percent) for percent in sorted({50, *self.sizes("deleted")}))
        database.run_file(HERE / "fill.sql", profiles=profiles, todos=profiles, pages=pages, projects=projects,
                          lists="10,50,100,1000", deleted=deleted)
        database.execute("VACUUM ANALYZE", "CHECKPOINT")
        return database

    def start_servers(self):
        """Rowkeeper, its empty sibling and the peers; the names of the peers."""
        self.servers.start_rowkeeper(OURS, self.database.url, *self.pool_options())
        self.servers.start_empty()
        for name, command in self.options.peer.items():
            self.servers.start_peer(name, shlex.split(command), self.database.url, POOL_SIZE)
        return list(self.options.peer)

    def check_answers(self, peers):
        """All servers answer the same, or nothing is measured."""
        servers = [f"{name}={self.servers[name].address}" for name in (OURS, *peers)]
        done = subprocess.run([self.program("rowkeeper_load"), "same", *servers], capture_output=True, text=True)
        if done.returncode != 0:
            raise Failed(done.stderr.strip())
        print(f"same answers: {', '.join((OURS, *peers))} ({done.stdout.splitlines()[0].split(': ')[1]} each)")

    def measure(self, comparison):
        """Alternating blocks of all contenders: A B C A B C."""
        measured = {name: [] for name in comparison.contenders}
        for _ in range(self.options.blocks or self.form["blocks"]):
            for name, run in comparison.contenders.items():
                if comparison.writes:
                    self.database.run_file(HERE / "reset.sql")
                measured[name].append(run())
        contenders = {name: summarise(blocks) for name, blocks in measured.items()}
        first = next(iter(contenders.values()))
        result = {"name": comparison.name, "in_flight": comparison.in_flight, "unit": comparison.unit,
                  "contenders": contenders,
                  "ratios": {name: report.ratio_to(summary, first) for name, summary in contenders.items()}}
        if getattr(comparison, "notes", None):
            result["notes"] = comparison.notes
        report.print_comparison(result)
        return result


def versions(bench):
    return {"rowkeeper": machine.version(bench.program("rowkeeper"), "version"),
            "postgresql": bench.database.query("SHOW server_version"),
            "go": machine.version("go", "version"), "rust": machine.version("rustc", "--version"),
            "python": sys.version.split()[0]}


def run_all(bench, wanted):
    """All scenarios that are wanted, or all."""
    peers = bench.start_servers()
    bench.check_answers(peers)
    suite = Suite(bench.blocks, peers, CopyFile(bench.work / "copy.tsv")).comparisons()
    series = Growth(bench).series()
    unknown = [name for name in wanted if name not in suite and name not in series]
    if unknown:
        raise Failed(f"there is no scenario {', '.join(unknown)}; there are {', '.join([*suite, *series])}")
    scenarios = [{"scenario": name, **bench.measure(comparison)} for name, comparisons in suite.items()
                 if not wanted or name in wanted for comparison in comparisons]
    growth = []
    for name, prepare in series.items():
        if not wanted or name in wanted:
            growth += [{"scenario": name, **bench.measure(comparison)} for comparison in prepare()]
    return peers, scenarios, growth


def describe(bench, about, peers, scenarios, growth):
    """Everything that results.json says."""
    settings = {"blocks": bench.options.blocks or bench.form["blocks"], "block_ms": bench.blocks.block_ms,
                "profiles": bench.form["rows"], "pool_size": POOL_SIZE, "durability": bench.database.query(DURABILITY)}
    return {"format": 1, "form": bench.options.form, "machine": about, "versions": versions(bench),
            "build": machine.describe_build(bench.options.programs), "settings": settings,
            "peers": machine.describe_peers(HERE / "peers", peers), "left_out": bench.options.left_out,
            "scenarios": scenarios, "growth": growth, "targets": targets.judge(scenarios + growth)}


def write_results(output, results):
    output.mkdir(parents=True, exist_ok=True)
    (output / "results.json").write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    # Ways to the database and guards are no sizes, so they are bars, not a line.
    ways = ("poolers", "guards")
    bars = results["scenarios"] + [result for result in results["growth"] if result["scenario"] in ways]
    lines = [result for result in results["growth"] if result["scenario"] not in ways]
    if bars:
        (output / "rates.svg").write_text(plots.rates(bars))
        (output / "cpu.svg").write_text(plots.cpu(bars))
    if lines:
        (output / "growth.svg").write_text(plots.growth(lines))


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--form", choices=FORMS, default="normal")
    parser.add_argument("--scenario", action="append", default=[])
    parser.add_argument("--blocks", type=int, default=0)
    parser.add_argument("--block-ms", type=int, default=0)
    parser.add_argument("--programs", required=True, help="directory of rowkeeper and rowkeeper_load")
    parser.add_argument("--database-url", required=True, help="of a cluster where databases may be made")
    parser.add_argument("--postgres-bin", required=True)
    parser.add_argument("--postgres-data", required=True)
    parser.add_argument("--peer", action="append", default=[], help="NAME=COMMAND")
    parser.add_argument("--left-out", action="append", default=[], help="NAME=WHY, a peer that is not measured")
    parser.add_argument("--output", type=pathlib.Path, required=True)
    options = parser.parse_args()
    options.peer = dict(peer.split("=", 1) for peer in options.peer)
    options.left_out = dict(peer.split("=", 1) for peer in options.left_out)
    return options


def main():
    options = parse_arguments()
    about = machine.describe()
    warning = " - THE MACHINE IS BUSY, do not trust the figures" if about["busy"] else ""
    print(f"{about['cpu']}, {about['cores']} cores, {about['ram_gib']} GiB, {about['system']}; load average"
          f" {about['load_average_at_start']}{warning}")
    if not machine.describe_build(options.programs)["optimised"]:
        print(f"{options.programs} IS NOT AN OPTIMISED BUILD, do not trust the figures")
    for name, why in options.left_out.items():
        print(f"left out: {name}: {why}")
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="rowkeeper-bench.") as work:
        os.chmod(work, 0o711)
        programs = pathlib.Path(options.programs)
        with Servers(work, str(programs / "rowkeeper"), str(programs / "rowkeeper_empty"),
                     str(HERE / "proto")) as servers:
            try:
                bench = Bench(options, servers, pathlib.Path(work))
                peers, scenarios, growth = run_all(bench, options.scenario)
            except (Failed, RuntimeError) as failure:
                sys.exit(f"bench: {failure}")
            results = describe(bench, about, peers, scenarios, growth)
    if options.form != "short":
        report.print_targets(results["targets"])
    write_results(options.output, results)
    errors = sum(summary["errors"] for result in scenarios + growth for summary in result["contenders"].values())
    print(f"\n{len(scenarios) + len(growth)} comparisons in {time.monotonic() - begin:.0f} s, {errors} errors;"
          f" {options.output}/results.json")
    sys.exit(1 if errors else 0)


if __name__ == "__main__":
    main()
