"""Streams over the channel of a unit are refused before anything of them is executed: streams_in_unit.py ADDRESS"""

import sys
import unittest

import grpc
from rowkeeper import client
from tracker.v1 import project_pb2, task_pb2, task_pb2_grpc

ADDRESS = sys.argv.pop()
PROJECT = "7a2d3e4f-0000-4000-8000-000000000011"  # from migrations/tracker/init_data


def messages():
    yield task_pb2.ImportTasksRequest(tasks=[project_pb2.Task(title="imported", project_id=PROJECT)])


class StreamsInUnitTest(unittest.TestCase):
    def setUp(self):
        self.channel = client.connect(ADDRESS)
        self.addCleanup(self.channel.close)
        self.tasks = task_pb2_grpc.TaskRepositoryStub(self.channel)

    def count(self):
        return self.tasks.Count(task_pb2.CountTasksRequest()).total_size

    def refused(self, stream):
        """Calls `stream` with the stub of a unit, which then commits: its refusal is no failed statement."""
        def work(unit):
            with self.assertRaises(grpc.RpcError) as raised:
                stream(task_pb2_grpc.TaskRepositoryStub(unit.channel))
            return raised.exception
        before = self.count()
        error = client.run_in_unit_of_work(self.channel, work)
        self.assertEqual(error.code(), grpc.StatusCode.INVALID_ARGUMENT)
        self.assertEqual(client.details_of(error).metadata, {"header": "rowkeeper-unit-of-work"})
        self.assertEqual(self.count(), before)

    def test_import(self):
        self.refused(lambda tasks: list(tasks.Import(messages())))

    def test_import_with_one_answer(self):
        self.refused(lambda tasks: tasks.ImportAll(messages()))

    def test_export(self):
        self.refused(lambda tasks: list(tasks.Export(task_pb2.ExportTasksRequest())))

    def test_outside_of_a_unit_they_are_executed(self):
        before = self.count()
        self.tasks.ImportAll(messages())
        self.assertEqual(self.count(), before + 1)
        self.assertGreater(len(list(self.tasks.Export(task_pb2.ExportTasksRequest()))), 0)


if __name__ == "__main__":
    unittest.main()
