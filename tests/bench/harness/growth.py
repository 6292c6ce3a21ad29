"""How figures change as something grows or is put between: each series is measured in alternating blocks."""

import pathlib
import subprocess
import time

from harness import poolers
from harness.guards import Guards
from harness.suite import Comparison, OURS


class Growth:
    """Makes the series. `tool`: what servers, databases and files are made with, a Bench."""

    def __init__(self, bench):
        self.bench = bench

    def series(self):
        """Name of a series -> function that prepares and returns its comparisons; each has its sizes as contenders."""
        return {"rows": self._rows, "pages": self._pages, "callers": self._callers, "open_units": self._open_units,
                "deleted": self._deleted, "entities": self._entities, "open_loop": self._open_loop,
                "poolers": self._poolers, "guards": Guards(self.bench).comparisons}

    def _rows(self):
        """A database and a server for each number of rows."""
        get, page = {}, {}
        for rows in self.bench.sizes("rows"):
            name = f"rows_{rows}"
            database = self.bench.new_database(name, profiles=rows)
            self.bench.servers.start_rowkeeper(name, database.url, *self.bench.pool_options())
            blocks = self.bench.blocks_of(database, rows)
            get[f"{rows:.0e} rows"] = lambda name=name, blocks=blocks: blocks.run_load(name, "get_by_id", 1)
            page[f"{rows:.0e} rows"] = lambda name=name, blocks=blocks: blocks.run_load(name, "list_by_owner:50", 1)
        return [Comparison("get_by_id by rows of the table", 1, get),
                Comparison("list_by_owner, 50 rows, by rows of profiles", 1, page)]

    def _pages(self):
        pages = {f"page {depth}": lambda depth=depth: self.bench.blocks.run_load(OURS, f"page:{depth}", 1)
                 for depth in self.bench.sizes("pages")}
        return [Comparison("list_by_owner, 10 rows, by page", 1, pages)]

    def _callers(self):
        callers = {f"{n} in flight": lambda n=n: self.bench.blocks.run_load(OURS, "get_by_id", n, channels=16)
                   for n in self.bench.sizes("callers")}
        return [Comparison("get_by_id by callers", 0, callers)]

    def _open_units(self):
        """A server that has a connection for each open unit, and 20 beside them."""
        most = max(self.bench.sizes("open_units"))
        self.bench.servers.start_rowkeeper(
            "many_units", self.bench.database.url, "--pool-size", "20", "--max-overflow", str(most + 20),
            "--unit-share", str((most + 0.5) / (most + 40)), "--units-per-caller", "0", "--unit-total-limit", "600")
        units = {f"{n} open units": lambda n=n: self.bench.blocks.run_load("many_units", "get_by_id", 16, idle_units=n)
                 for n in self.bench.sizes("open_units")}
        return [Comparison("get_by_id beside open units", 16, units)]

    def _deleted(self):
        deleted = {f"{percent} % deleted": lambda percent=percent: self.bench.blocks.run_load(
            OURS, f"list_beside_deleted:{percent}", 1) for percent in self.bench.sizes("deleted")}
        return [Comparison("list_by_owner, 50 live rows, by deleted ones", 1, deleted)]

    def _entities(self):
        """Catalogues of many entities; the call is a health check, for what it costs that they are there."""
        contenders, started = {}, {}
        for entities in self.bench.sizes("entities"):
            name, directory = f"entities_{entities}", pathlib.Path(self.bench.work) / f"wide_{entities}"
            subprocess.run([self.bench.program("rowkeeper_wide"), str(entities), str(directory)], check=True)
            database = self.bench.empty_database(name, directory / "migrations")
            begin = time.monotonic()
            self.bench.servers.start_rowkeeper(name, database.url, *self.bench.pool_options(),
                                               protos=str(directory / "proto"))
            started[f"{entities} entities"] = round(time.monotonic() - begin, 3)
            contenders[f"{entities} entities"] = lambda name=name: self.bench.blocks.run_load(name, "wide_get", 1)
        comparison = Comparison("get of a row that is not there, by entities of the catalogue", 1, contenders)
        comparison.notes = {"seconds until it serves": started}
        return [comparison]

    def _open_loop(self):
        """Latency from the intended send, at shares of what the server does in a closed loop."""
        peak = self.bench.blocks.run_load(OURS, "get_by_id", 16)["per_second"]
        rates = {f"{share} % of {peak:.0f}/s": lambda share=share: self.bench.blocks.run_load(
            OURS, "get_by_id", 512, rate=max(1, peak * share / 100)) for share in (25, 50, 75)}
        return [Comparison("get_by_id, open loop", 0, rates)]

    def _poolers(self):
        """The same calls over a direct connection and behind PgBouncer."""
        if not poolers.installed():
            print("left out: poolers: pgbouncer is not installed")
            return []
        self.bench.database.execute(f"ALTER DATABASE {self.bench.database.name} SET TimeZone = 'UTC'")
        for mode in ("session", "transaction"):
            pooler = self.bench.servers.add(poolers.start(self.bench.work, mode, self.bench.database.url))
            self.bench.servers.start_rowkeeper(f"behind_{mode}", pooler.url, "--pooler", mode,
                                               *self.bench.pool_options())
        ways = {"direct": OURS, "session mode": "behind_session", "transaction mode": "behind_transaction"}
        return [Comparison(what, 1, {way: lambda server=server, scenario=scenario: self.bench.blocks.run_load(
            server, scenario, 1) for way, server in ways.items()})
            for what, scenario in (("get_by_id behind poolers", "get_by_id"),
                                   ("unit of work of 2 get_by_id behind poolers", "read_unit:2"))]
