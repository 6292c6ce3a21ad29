"""The planner's year (planner_year.py) rolled out under callers: two servers of one database, and for each step its
migration and its protos, in the order that is named.

usage: planner_rollout.py database-first|servers-first ROWKEEPER DATABASE_URL DIRECTORY

DIRECTORY has proto/ and migrations/ as the database is now. Callers use the protos from before the step: they call both
servers all the time, and look at every answer. No call may fail, but those that the step says it takes something from.
"""
import itertools
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import threading
import time

import planner_year
from planner_client import Client

ORDERS = ("database-first", "servers-first")
WAIT_SECONDS = 60


def wait_until(what, condition):
    """Until `condition` holds. `what`: words for it, or what gives them when it is too late."""
    end = time.monotonic() + WAIT_SECONDS
    while not condition():
        if time.monotonic() > end:
            raise SystemExit(f"not within {WAIT_SECONDS} s: {what() if callable(what) else what}")
        time.sleep(0.02)


class Server:
    """`rowkeeper serve` with protos of its own."""

    def __init__(self, name, rowkeeper, url, protos, directory):
        self.name = name
        self.protos = directory / name
        self.address = f"unix:{directory / name}.sock"
        self.log = directory / f"{name}.log"
        shutil.copytree(protos, self.protos)
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [rowkeeper, "serve", "--proto-path", self.protos, "--database-url", url, "--listen", self.address,
                 "--admin-listen", "none", "--no-watch-protos"], stderr=output)
        self.wait_for("msg=serving")

    def wait_for(self, words, times=1):
        """Until the log has had the words so many times."""
        wait_until(f"{self.name} logs {words}", lambda: self.process.poll() is None and self.count(words) >= times)

    def count(self, words):
        """How many lines of the log have the words."""
        return sum(words in line for line in self.log.read_text(errors="replace").splitlines())

    def swap(self, protos):
        """Gives it other protos; how many catalogues it will have served then."""
        for old in (self.protos / "planner/v1").iterdir():
            old.unlink()
        shutil.copytree(protos, self.protos, dirs_exist_ok=True)
        self.process.send_signal(signal.SIGHUP)

    def stop(self):
        """Ends it in time."""
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait(WAIT_SECONDS) != 0:
            raise SystemExit(f"{self.name} ended with {self.process.returncode}")


class Callers:
    """A thread for each server that calls one method after the other. Use it in a with statement."""

    def __init__(self, servers, protos, work):
        self.clients = [Client(server.address, protos, work) for server in servers]
        self.failures = []
        self.rounds = [0] * len(servers)
        self.ending = threading.Event()
        self.threads = [threading.Thread(target=self._call, args=(i,)) for i in range(len(servers))]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        self.wait_for_rounds(1)
        return self

    def __exit__(self, *_):
        self.ending.set()
        for thread in self.threads:
            thread.join()
        for client in self.clients:
            client.close()

    def wait_for_rounds(self, count):
        """Until each caller has called every method so many times more."""
        wanted = [rounds + count for rounds in self.rounds]
        wait_until("callers call", lambda: all(now >= want for now, want in zip(self.rounds, wanted)))

    def _call(self, i):
        for number in itertools.count():
            for failure in self.clients[i].call_everything(f"{i}-{number}"):
                self.failures.append(failure)
            self.rounds[i] += 1
            if self.ending.wait(0.02):  # others need the processor, too
                return


class Rollout:
    """All steps in one order."""

    def __init__(self, order, rowkeeper, url, directory):
        self.order = order
        self.rowkeeper = rowkeeper
        self.url = url
        self.directory = directory
        self.protos = directory / "proto"
        self.before = directory / "before"
        self.migrations = ["--migrations", str(directory / "migrations")]
        self.servers = [Server(name, rowkeeper, url, self.protos, directory) for name in ("first", "second")]
        self.served = 1
        self.calls = 0
        self.wrong = []

    def command(self, *arguments):
        """Runs the program; it has to succeed."""
        done = subprocess.run([self.rowkeeper, *arguments], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"rowkeeper {' '.join(map(str, arguments))}: {done.stdout}{done.stderr}")

    def migrate(self):
        self.command("migrate", "up", *self.migrations, "--database-url", self.url)

    def prepare(self, number, step):
        """Protos of the step, and its migration: one for rows that have to change first is applied before."""
        shutil.rmtree(self.before, ignore_errors=True)
        shutil.copytree(self.protos, self.before)
        if step.backfill:
            self.command("migrate", "new", f"rows_of_step_{number}", *step.backfill, *self.migrations, "--proto-path",
                         str(self.protos))
            self.migrate()
        planner_year.apply(step, self.protos / "planner/v1")
        self.command("migrate", "diff", "--name", f"step_{number}", *self.migrations, "--database-url", self.url,
                     "--proto-path", str(self.protos))

    def swap(self, server):
        """Other protos for one server. It serves them, or waits for the database."""
        waiting = server.count("waits for the database")
        server.swap(self.protos)
        wait_until(f"{server.name} takes its protos", lambda: self.serves_newest(server) or
                   server.count("waits for the database") > waiting)

    def serves_newest(self, server):
        return server.count('msg="serving another catalogue"') >= self.served - 1

    def roll_out(self, step, callers):
        """Migration and protos, with every method called between each two."""
        parts = [self.migrate, *(lambda server=server: self.swap(server) for server in self.servers)]
        if self.order == "servers-first":
            parts = [*parts[1:], parts[0]]
        if not step.edits and not step.files:
            parts = [self.migrate]
        else:
            self.served += 1
        for part in parts:
            part()
            callers.wait_for_rounds(2)
        for server in self.servers:
            wait_until(f"{server.name} serves the protos of the step", lambda server=server: self.serves_newest(server))
        callers.wait_for_rounds(1)

    def expect_served(self, number):
        """Callers that know the protos of the step get all answers: a server sees within seconds what a migration did."""
        for server in self.servers:
            client = Client(server.address, self.protos, self.directory)
            wait_until(lambda client=client: f"all of step {number} is served: {client.failures}",
                       lambda client=client: not client.call_everything(f"after {number}"))
            client.close()

    def run_step(self, number, step):
        self.prepare(number, step)
        with Callers(self.servers, self.before, self.directory) as callers:
            self.roll_out(step, callers)
        self.calls += sum(client.calls for client in callers.clients)
        closes = step.closes + (step.closes_without_protos if self.order == "database-first" else ())
        wrong = [failure for failure in callers.failures if not failure.is_of(closes)]
        closed = sorted({failure.method for failure in callers.failures})
        print(f"step {number}, {step.what}: {sum(client.calls for client in callers.clients)} calls,"
              f" {len(callers.failures)} failed{': ' + ', '.join(closed) if closed else ''}", flush=True)
        self.wrong += [f"step {number}, {step.what}: {failure.method}: {failure.words}" for failure in wrong[:5]]
        if step.rows:
            subprocess.run(["psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-c", step.rows, self.url], check=True)
        self.expect_served(number)

    def run(self):
        for number, step in enumerate(planner_year.STEPS):
            self.run_step(number, step)
        for server in self.servers:
            server.stop()
        if self.wrong:
            raise SystemExit("\n".join(self.wrong))
        print(f"{len(planner_year.STEPS)} steps, {self.order}: {self.calls} calls")


def main():
    order, rowkeeper, url, directory = sys.argv[1:]
    if order not in ORDERS:
        raise SystemExit(f"the order is one of {', '.join(ORDERS)}")
    os.environ.pop("ROWKEEPER_LISTEN", None)
    rollout = Rollout(order, rowkeeper, url, pathlib.Path(directory))
    try:
        rollout.run()
    finally:
        for server in rollout.servers:
            server.process.kill()


if __name__ == "__main__":
    main()
