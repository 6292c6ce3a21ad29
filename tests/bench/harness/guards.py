"""What it costs a call that the server asks who calls, decides what they may do, and says where time goes."""

import pathlib
import shutil
import subprocess

from harness.suite import Comparison, OURS

# The tests' own keys, tokens and certificates. $1: a directory; they come to lie below it.
MAKE_FILES = """
WORK=$1
skip() { echo "$1" >&2; exit 1; }
source tests/support/certificates.sh
make_certificates
source tests/support/tokens.sh
publish "$(make_key one)"
token one alice 86400 "$ISSUER" ',"roles":["billing"]'
printf '%s\\n' "${TOKEN_FLAGS[@]}" >"$WORK/token_flags"
"""
POLICY = '[methods]\n"*" = ["role:ops", "%s"]\n'


class Guards:
    """Makes the comparison. `bench`: what servers are made with."""

    def __init__(self, bench):
        self.bench = bench
        self.directory = pathlib.Path(bench.work) / "guards"

    def comparisons(self):
        """The same call of servers that each guard it in one way, and of one that does all but TLS."""
        if not shutil.which("openssl"):
            print("left out: guards: openssl is not installed")
            return []
        self.directory.mkdir()
        done = subprocess.run(["bash", "-euc", MAKE_FILES, "-", str(self.directory)], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"keys and certificates: {done.stderr.strip()}")
        tls, alice = self.directory / "tls", self.directory / "tokens" / "alice"
        tokens = (self.directory / "token_flags").read_text().splitlines()
        traces = ["--otlp-endpoint", f"http://{self.bench.servers['empty'].address}", "--trace-sample-ratio", "0.01"]
        with_token = ["--token-file", str(alice)]
        ways = {
            "traces, 1 % sampled": self._way("traces", traces),
            "policy": self._way("policy", self._policy("everyone")),
            "token": self._way("token", tokens, with_token),
            "token and policy": self._way("token_policy", [*tokens, *self._policy("role:billing")], with_token),
            "mutual TLS": self._way(
                "tls", ["--tls-cert", f"{tls}/server.crt", "--tls-key", f"{tls}/server.key",
                        "--tls-client-roots", f"{tls}/root.crt", "--tls-client-certs", "required"],
                ["--roots", f"{tls}/root.crt", "--certificate", f"{tls}/client.crt", "--key", f"{tls}/client.key"]),
        }
        return [Comparison("get_by_id behind guards", 16, {OURS: self._block(OURS), **ways})]

    def _block(self, server, caller=()):
        return lambda: self.bench.blocks.run_load(server, "get_by_id", 16, caller=caller)

    def _way(self, name, options, caller=()):
        self.bench.servers.start_rowkeeper(name, self.bench.database.url, *self.bench.pool_options(), *options)
        return self._block(name, caller)

    def _policy(self, entry):
        path = self.directory / f"{entry.replace(':', '_')}.toml"
        path.write_text(POLICY % entry)
        return ["--policy-file", str(path)]
