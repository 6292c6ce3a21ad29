"""Units of work of a Rowkeeper server, over generated stubs. Copy this file; it needs grpcio-status.

The stubs of the examples: python -m grpc_tools.protoc -I proto --python_out=DIR --grpc_python_out=DIR
proto/tracker/v1/*.proto proto/rowkeeper/v1/*.proto proto/google/type/date.proto; then PYTHONPATH=DIR.
"""

import contextlib
import itertools
import random
import time
from typing import NamedTuple

import grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from rowkeeper.v1 import unit_of_work_pb2 as messages
from rowkeeper.v1 import unit_of_work_pb2_grpc as services

RERUN = ("SERIALIZATION_FAILURE", "DEADLOCK", "LOCK_TIMEOUT")
TIMEOUT_S = 10


class Unit(NamedTuple):
    """An open unit of work: what stubs made over `channel` do is part of it."""

    handle: str
    channel: grpc.Channel
    service: services.UnitOfWorkStub

    @contextlib.contextmanager
    def savepoint(self):
        """Undoes what its block did, and nothing else, when the block raises."""
        name = self.service.Savepoint(messages.SavepointRequest(handle=self.handle), timeout=TIMEOUT_S).name
        try:
            yield
        except BaseException:
            with contextlib.suppress(grpc.RpcError):  # the block's error says more
                self.service.RollbackTo(messages.RollbackToRequest(handle=self.handle, name=name), timeout=TIMEOUT_S)
            raise
        self.service.Release(messages.ReleaseRequest(handle=self.handle, name=name), timeout=TIMEOUT_S)


def run_in_unit_of_work(channel, work, isolation=messages.ISOLATION_READ_COMMITTED, label="", attempts=10):
    """Calls `work` with a unit of work, commits and returns its result; rolls back when it raises.

    When others were in the way, all of `work` runs again, so it should have no effect but through the unit. An error
    that leaves open whether the commit happened is raised, never followed by another run.
    """
    service = services.UnitOfWorkStub(channel)
    request = messages.BeginRequest(transaction={"isolation": isolation}, label=label)
    for attempt in itertools.count(1):
        try:
            handle = service.Begin(request, timeout=TIMEOUT_S).handle
            try:
                result = work(Unit(handle, grpc.intercept_channel(channel, _AddHandle(handle)), service))
                service.Commit(messages.CommitRequest(handle=handle), timeout=TIMEOUT_S)
                return result
            except BaseException:
                with contextlib.suppress(grpc.RpcError):  # a unit that is left alone ends by itself
                    service.Rollback(messages.RollbackRequest(handle=handle), timeout=TIMEOUT_S)
                raise
        except grpc.RpcError as error:
            if attempt == attempts or reason_of(error) not in RERUN:
                raise
            least = _detail(error, error_details_pb2.RetryInfo).retry_delay.ToTimedelta().total_seconds()
            time.sleep(least + random.uniform(0, min(0.01 * 2**attempt, 1)))


def reason_of(error):
    """The reason of a Rowkeeper error, "VERSION_MISMATCH" for example, or "" when the error came from elsewhere."""
    return _detail(error, error_details_pb2.ErrorInfo).reason


def _detail(error, kind):
    found, status = kind(), rpc_status.from_call(error)
    for packed in status.details if status else ():
        packed.Unpack(found)  # leaves it alone when it is of another type
    return found


class _CallDetails(NamedTuple):
    method: str
    timeout: float
    metadata: list
    credentials: grpc.CallCredentials
    wait_for_ready: bool
    compression: grpc.Compression


class _AddHandle(grpc.UnaryUnaryClientInterceptor):
    def __init__(self, handle):
        self._header = ("rowkeeper-unit-of-work", handle)

    def intercept_unary_unary(self, continuation, details, request):
        metadata = [*(details.metadata or ()), self._header]
        timeout = TIMEOUT_S if details.timeout is None else details.timeout
        return continuation(_CallDetails(details.method, timeout, metadata, details.credentials,
                                         details.wait_for_ready, details.compression), request)
