"""rowkeeper.client over TLS, with a server that requires clients' certificates: tls_test.py ADDRESS DIR

DIR has the files of tests/support/certificates.sh.
"""

import sys
import unittest

import grpc
from rowkeeper import client
from rowkeeper.v1 import unit_of_work_pb2 as messages
from rowkeeper.v1 import unit_of_work_pb2_grpc as services

DIRECTORY = sys.argv.pop()
ADDRESS = sys.argv.pop()


def path(name):
    return f"{DIRECTORY}/{name}"


def own(name):
    return {"client_certificate": path(f"{name}.crt"), "client_key": path(f"{name}.key")}


class TlsTest(unittest.TestCase):
    def call(self, credentials, **options):
        channel = client.connect(ADDRESS, credentials, **options)
        self.addCleanup(channel.close)
        return services.UnitOfWorkStub(channel).List(messages.ListRequest(), timeout=10, wait_for_ready=False)

    def assert_unavailable(self, credentials, **options):
        with self.assertRaises(grpc.RpcError) as raised:
            self.call(credentials, **options)
        self.assertEqual(raised.exception.code(), grpc.StatusCode.UNAVAILABLE)

    def test_served(self):
        credentials = client.tls_credentials(server_roots=path("root.crt"), **own("client"))
        self.call(credentials)
        self.call(credentials, server_name="localhost")
        self.assert_unavailable(credentials, server_name="rows.example.org")

    def test_refused(self):
        self.assert_unavailable(client.tls_credentials(server_roots=path("root.crt")))
        self.assert_unavailable(client.tls_credentials(server_roots=path("root.crt"), **own("stranger")))
        self.assert_unavailable(client.tls_credentials(server_roots=path("other.crt"), **own("client")))
        self.assert_unavailable(None)

    def test_files(self):
        with self.assertRaises(FileNotFoundError):
            client.tls_credentials(server_roots=path("none"))
        with self.assertRaisesRegex(ValueError, "__init__.py holds no PEM"):
            client.tls_credentials(server_roots=client.__file__)
        for half in own("client").items():
            with self.assertRaisesRegex(ValueError, "go together"):
                client.tls_credentials(**dict([half]))


if __name__ == "__main__":
    unittest.main()
