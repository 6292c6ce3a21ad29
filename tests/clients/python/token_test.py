"""rowkeeper.client with a token, on a server that takes no anonymous calls: token_test.py ADDRESS DIR

DIR has the tokens of alice, who is good, and of late, whose has expired.
"""

import os
import shutil
import sys
import tempfile
import unittest

import grpc
from rowkeeper import client
from rowkeeper.v1 import unit_of_work_pb2 as messages
from rowkeeper.v1 import unit_of_work_pb2_grpc as services

DIRECTORY = sys.argv.pop()
ADDRESS = sys.argv.pop()


class TokenTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.file = os.path.join(directory.name, "token")

    def use(self, name):
        shutil.copy(os.path.join(DIRECTORY, name), self.file + ".next")
        os.replace(self.file + ".next", self.file)

    def connect(self, **options):
        channel = client.connect(ADDRESS, **options)
        self.addCleanup(channel.close)
        return channel

    def assert_refused(self, reason, call):
        with self.assertRaises(grpc.RpcError) as raised:
            call()
        self.assertEqual(raised.exception.code(), grpc.StatusCode.UNAUTHENTICATED)
        self.assertEqual(client.reason_of(raised.exception), reason)

    def test_a_token_that_is_renewed_is_used_at_once(self):
        self.use("late")
        units = services.UnitOfWorkStub(self.connect(token_file=self.file))
        self.assert_refused("TOKEN_EXPIRED", lambda: units.List(messages.ListRequest(), timeout=10))
        self.use("alice")
        units.List(messages.ListRequest(), timeout=10)

    def test_a_unit_sends_the_token_with_each_of_its_calls(self):
        self.use("alice")
        listed = client.run_in_unit_of_work(
            self.connect(token_file=self.file),
            lambda unit: services.UnitOfWorkStub(self.connect(token_file=self.file)).List(messages.ListRequest(), timeout=10))
        self.assertEqual({unit.caller for unit in listed.units_of_work}, {"jwt:alice"})

    def test_without_a_token_nothing_is_served(self):
        units = services.UnitOfWorkStub(self.connect())
        self.assert_refused("IDENTITY_REQUIRED", lambda: units.List(messages.ListRequest(), timeout=10))

    def test_files(self):
        with self.assertRaises(FileNotFoundError):
            self.connect(token_file=self.file)
        with open(self.file, "w", encoding="ascii") as file:
            file.write("two\nlines\n")
        with self.assertRaisesRegex(ValueError, "holds no token"):
            self.connect(token_file=self.file)


if __name__ == "__main__":
    unittest.main()
