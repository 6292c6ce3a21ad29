"""PgBouncer before the database, in both of its modes."""

import os
import pathlib

from harness.servers import Server

PROGRAM = "/usr/sbin/pgbouncer"


def installed():
    return os.access(PROGRAM, os.X_OK)


def start(work, mode, database_url):
    """A PgBouncer in that mode; the URL of the same database behind it is its `url`."""
    host_and_port, _, name = database_url.rpartition("@")[2].partition("/")
    host, _, port = host_and_port.partition(":")
    directory = pathlib.Path(work) / f"pgbouncer_{mode}"
    directory.mkdir()
    directory.chmod(0o711)
    (directory / "users").write_text('"postgres" ""\n')
    # It refuses to run as root, so root lends it the system user postgres.
    lend = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] if os.getuid() == 0 else []
    pooler = Server(f"pgbouncer_{mode}", [*lend, PROGRAM, str(directory / "pgbouncer.ini")], directory / "log",
                    prepare=lambda address: (directory / "pgbouncer.ini").write_text(
                        f"[databases]\n* = host={host} port={port}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n"
                        f"listen_port = {address.rpartition(':')[2]}\nunix_socket_dir =\nauth_type = trust\n"
                        f"auth_file = {directory}/users\npool_mode = {mode}\ndefault_pool_size = 40\n"))
    pooler.url = f"postgresql://postgres@{pooler.address}/{name}"
    return pooler.wait()
