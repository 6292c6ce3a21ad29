"""Processes that the benchmark measures: started, waited for, told apart by their process id, and ended."""

import os
import pathlib
import random
import signal
import socket
import subprocess
import time


def free_port():
    """A TCP port of 127.0.0.1 on which nobody listens, below the range that the kernel hands out by itself."""
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port


class Server:
    """A process that serves gRPC on a port of its own until stop()."""

    def __init__(self, name, command, log, environment=None, prepare=None):
        """`command` and `environment`, which comes beside this process's own, may hold "{address}". The process writes
        to `log`. `prepare` is called with the address before it starts."""
        self.name = name
        self.address = f"127.0.0.1:{free_port()}"
        self.log = pathlib.Path(log)
        if prepare:
            prepare(self.address)
        variables = {key: value.replace("{address}", self.address) for key, value in (environment or {}).items()}
        with self.log.open("wb") as output:
            self.process = subprocess.Popen([part.replace("{address}", self.address) for part in command],
                                            stdout=output, stderr=subprocess.STDOUT, env={**os.environ, **variables})
        self.pid = self.process.pid

    def wait(self, word=None, seconds=60):
        """Until it listens, and until its log has `word` where one is given."""
        end = time.monotonic() + seconds
        while not self._listens() or (word and word not in self.log.read_text(errors="replace")):
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{self.name} does not serve; its last words:\n{self._last_words()}")
            time.sleep(0.02)
        return self

    def stop(self):
        """Asks it to end, and insists after ten seconds."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def _listens(self):
        host, port = self.address.split(":")
        with socket.socket() as probe:
            return probe.connect_ex((host, int(port))) == 0

    def _last_words(self):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])


class Servers:
    """All servers of a run, by name. Use it in a with statement: they end with it."""

    def __init__(self, work, rowkeeper, empty, protos):
        self.work = pathlib.Path(work)
        self.rowkeeper = rowkeeper
        self.empty = empty
        self.protos = protos
        self.running = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for server in self.running.values():
            server.stop()

    def __getitem__(self, name):
        return self.running[name]

    def start_rowkeeper(self, name, url, *options, protos=None):
        """`rowkeeper serve` on the database of `url`."""
        command = [self.rowkeeper, "serve", "--proto-path", protos or self.protos, "--database-url", url, "--listen",
                   "{address}", "--admin-listen", "none", *options]
        return self._start(name, command, {}, "msg=serving")

    def add(self, server):
        """One that was made elsewhere, to be ended with the others."""
        self.running[server.name] = server
        return server

    def start_empty(self):
        return self._start("empty", [self.empty, "{address}"], {})

    def start_peer(self, name, command, url, pool_size):
        """Peers are told everything by their environment: ADDRESS, DATABASE_URL, POOL_SIZE."""
        return self._start(name, command, {"ADDRESS": "{address}", "DATABASE_URL": url, "POOL_SIZE": str(pool_size)})

    def _start(self, name, command, environment, word=None):
        server = Server(name, command, self.work / f"{name}.log", environment)
        return self.add(server).wait(word)
