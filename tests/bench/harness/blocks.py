"""One block of measurement each: load on a server, pgbench, or \\copy. All answer dictionaries of the same shape."""

import json
import pathlib
import re
import statistics
import subprocess
import time

FIGURES = ("per_second", "p50_us", "p90_us", "p99_us", "p999_us", "mean_us", "server_cpu_us", "postgres_cpu_us",
           "load_cpu_us", "server_mib", "postgres_mib", "server_switches")


class Failed(Exception):
    """A block that could not be measured at all."""


class Blocks:
    """Runs blocks against the servers and the database of one benchmark."""

    def __init__(self, load, servers, database, block_ms, warm_up_ms, rows):
        self.load = load
        self.servers = servers
        self.database = database
        self.block_ms = block_ms
        self.warm_up_ms = warm_up_ms
        self.rows = rows

    def _database_cpu(self):
        """CPU seconds of all of PostgreSQL's processes, of those that have ended too."""
        return float(subprocess.run([self.load, "use", str(self.database.pid)], check=True, capture_output=True).stdout)

    def run_load(self, server, scenario, in_flight, rate=0, empty_sizes=None, idle_units=0, channels=4,
                 caller=()):
        """A block of `scenario` on the server of that name. `rate`: an open loop. `caller`: options that say who calls."""
        target = self.servers[server]
        command = [self.load, "run", "--address", target.address, "--scenario", scenario, "--in-flight", str(in_flight),
                   "--channels", str(min(channels, in_flight)), "--rate", str(rate), "--rows", str(self.rows),
                   "--duration-ms", str(self.block_ms), "--warm-up-ms", str(self.warm_up_ms),
                   "--idle-units", str(idle_units), "--watch", f"server={target.pid}",
                   "--watch", f"postgres={self.database.pid}", *caller]
        if empty_sizes:
            command += ["--request-bytes", str(empty_sizes[0]), "--response-bytes", str(empty_sizes[1])]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600)
        if done.returncode != 0:
            raise Failed(f"{server}, {scenario}: {done.stderr.strip()}")
        block = json.loads(done.stdout)
        processes = block.pop("processes")
        operations = max(1, block["operations"])
        for name, use in processes.items():
            block[f"{name}_cpu_us"] = use["cpu_seconds"] * 1e6 / operations
            if name == "server":
                block["server_switches"] = use["switches"] / operations
            if name != "load":
                block[f"{name}_mib"] = use["private_mib"]
        block["rows_per_second"] = block["per_second"] * block["rows_per_operation"]
        return block

    def run_pgbench(self, script, clients, rows_per_operation=1):
        """PostgreSQL's own load, with prepared statements. It tells a mean latency only. In blocks of less than a
        second it runs 20 transactions a client."""
        path = pathlib.Path(self.servers.work) / "pgbench.sql"
        path.write_text(script)
        length = ["-T", str(round(self.block_ms / 1000))] if self.block_ms >= 1000 else ["-t", "20"]
        before, begin = self._database_cpu(), time.monotonic()
        command = [self.database.program("pgbench"), "-n", "-M", "prepared", "-j", str(min(2, clients)),
                   "-c", str(clients), *length, "-D", f"profiles={self.rows}", "-f", str(path), self.database.url]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600)
        rate = re.search(r"tps = ([\d.]+)", done.stdout)
        count = re.search(r"transactions actually processed: (\d+)", done.stdout)
        latency = re.search(r"latency average = ([\d.]+) ms", done.stdout)
        if done.returncode != 0 or not rate or not count or not latency:
            raise Failed(f"pgbench: {done.stderr.strip() or done.stdout.strip()}")
        operations = max(1, int(count.group(1)))
        failures = re.search(r"number of failed transactions: (\d+)", done.stdout)
        return {"operations": operations, "per_second": float(rate.group(1)), "seconds": time.monotonic() - begin,
                "mean_us": float(latency.group(1)) * 1000, "errors": int(failures.group(1)) if failures else 0,
                "error": "", "rows_per_operation": rows_per_operation,
                "rows_per_second": float(rate.group(1)) * rows_per_operation,
                "postgres_cpu_us": (self._database_cpu() - before) * 1e6 / operations}

    def run_copy(self, path, columns, rows):
        """\\copy of a file with so many rows, over and over for the time of a block."""
        command = f"\\copy rowkeeper_bench.todos ({columns}) from '{path}'"
        before, begin = self._database_cpu(), time.monotonic()
        times = []
        while not times or time.monotonic() - begin < self.block_ms / 1000:
            done = subprocess.run([self.database.program("psql"), "-Xq", "-v", "ON_ERROR_STOP=1", "-c", "\\timing on",
                                   "-c", command, self.database.url], capture_output=True, text=True, timeout=600)
            taken = re.search(r"Time: ([\d.]+) ms", done.stdout)
            if done.returncode != 0 or not taken:
                raise Failed(f"\\copy: {done.stderr.strip()}")
            times.append(float(taken.group(1)) / 1000)
        copies = len(times)
        return {"operations": copies, "per_second": copies / sum(times), "seconds": sum(times),
                "mean_us": sum(times) / copies * 1e6, "errors": 0, "error": "", "rows_per_operation": rows,
                "rows_per_second": copies * rows / sum(times),
                "postgres_cpu_us": (self._database_cpu() - before) * 1e6 / copies}


def summarise(blocks):
    """Medians of the blocks' figures, how far the rates lie apart, and all errors."""
    summary = {"blocks": len(blocks), "errors": sum(block["errors"] for block in blocks),
               "error": next((block["error"] for block in blocks if block["error"]), ""),
               "operations": sum(block["operations"] for block in blocks)}
    for figure in FIGURES + ("rows_per_second", "request_bytes", "response_bytes"):
        values = [block[figure] for block in blocks if figure in block]
        if values:
            summary[figure] = round(statistics.median(values), 2)
    rates = [block["per_second"] for block in blocks]
    summary["per_second_least"], summary["per_second_most"] = round(min(rates), 2), round(max(rates), 2)
    return summary
