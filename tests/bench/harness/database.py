"""The throw-away PostgreSQL that run.sh has started, and the databases in it."""

import pathlib
import subprocess


class Database:
    """One database of the cluster."""

    def __init__(self, cluster, name, rowkeeper):
        """Makes it, with the benchmark's tables. `cluster`: a Cluster."""
        self.cluster = cluster
        self.name = name
        self.pid = cluster.pid
        self.url = cluster.url.rsplit("/", 1)[0] + "/" + name
        self.rowkeeper = rowkeeper
        cluster.run_psql(cluster.url, "-c", f"CREATE DATABASE {name}")

    def program(self, name):
        return self.cluster.program(name)

    def migrate(self, migrations):
        subprocess.run([self.rowkeeper, "migrate", "up", "--migrations", str(migrations), "--database-url", self.url],
                       check=True, stdout=subprocess.DEVNULL)

    def run_file(self, path, **variables):
        settings = [part for name, value in variables.items() for part in ("-v", f"{name}={value}")]
        self.cluster.run_psql(self.url, *settings, "-f", str(path))

    def execute(self, *statements):
        self.cluster.run_psql(self.url, *[part for statement in statements for part in ("-c", statement)])

    def query(self, statement):
        return self.cluster.run_psql(self.url, "-c", statement).strip()


class Cluster:
    """A running PostgreSQL, by the URL of its maintenance database and the directory of its programs."""

    def __init__(self, url, bin_directory, data_directory):
        self.url = url
        self.bin = pathlib.Path(bin_directory)
        self.pid = int((pathlib.Path(data_directory) / "postmaster.pid").read_text().splitlines()[0])

    def program(self, name):
        return str(self.bin / name)

    def run_psql(self, url, *arguments):
        done = subprocess.run([self.program("psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", *arguments, url],
                              capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"psql {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout


def write_migrations(rowkeeper, protos, directory):
    """The migrations that make the tables of all entities below `protos`, and that of idempotency keys."""
    entities = [f"bench.v1.{name}" for name in ("Profile", "Todo", "Project", "Task", "Comment")]
    new = [rowkeeper, "migrate", "new", "--migrations", str(directory)]
    tables = [part for name in entities for part in ("--entity", name)]
    for command in (["tables", "--proto-path", protos, *tables], ["idempotency_keys", "--idempotency-keys"]):
        subprocess.run([*new, *command], check=True, stdout=subprocess.DEVNULL)
