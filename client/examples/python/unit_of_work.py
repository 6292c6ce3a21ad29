"""Units of work of a Rowkeeper server, over generated stubs. Copy this file; it needs grpcio, protobuf and
googleapis-common-protos, or stubs of server/protocols/google/*/*.proto.

The stubs of the examples: python -m grpc_tools.protoc -I proto -I server/protocols --python_out=DIR --grpc_python_out=DIR
proto/tracker/v1/*.proto proto/rowkeeper/v1/*.proto; then PYTHONPATH=DIR.
"""

import contextlib
import itertools
import random
import time
from typing import NamedTuple

import grpc
from google.rpc import error_details_pb2, status_pb2
from rowkeeper.v1 import unit_of_work_pb2 as messages
from rowkeeper.v1 import unit_of_work_pb2_grpc as services

RERUN = ("SERIALIZATION_FAILURE", "DEADLOCK", "LOCK_TIMEOUT")
# Causes of UNIT_OF_WORK_EXPIRED: the unit went with its connection or server before Commit. One that was too slow would be
# too slow again.
LOST = ("CONNECTION_LOST", "SHUTDOWN", "SERVER_RESTARTED", "OTHER_RELEASE")
TIMEOUT_S = 10
# Answers to Commit that leave its outcome open, and answers of a server that has not looked at it.
NO_OUTCOME = ("", "COMMIT_OUTCOME_UNKNOWN", "DEADLINE_EXCEEDED", "CANCELLED", "INTERNAL")
NOT_TAKEN = ("UNIT_OF_WORK_BUSY", "UNIT_OF_WORK_NOT_FOUND", "UNIT_OF_WORK_ELSEWHERE", "SHUTTING_DOWN",
             "SERVER_STARTING")


class OutcomeUnknown(Exception):
    """Nobody could say whether the unit was committed: look what is there before doing it again."""


class Unit:
    """An open unit of work: what stubs made over `channel` do is part of it."""

    def __init__(self, handle, channel, service):
        self.handle = handle
        self.channel = grpc.intercept_channel(channel, _AddHandle(handle))
        self.service = service
        self.not_undone = None

    @contextlib.contextmanager
    def savepoint(self):
        """Undoes what its block did, and nothing else, when the block raises. When that fails, the unit cannot commit."""
        name = self.service.Savepoint(messages.SavepointRequest(handle=self.handle), timeout=TIMEOUT_S).name
        try:
            yield
            self.service.Release(messages.ReleaseRequest(handle=self.handle, name=name), timeout=TIMEOUT_S)
        except BaseException as cause:
            try:
                self.service.RollbackTo(messages.RollbackToRequest(handle=self.handle, name=name), timeout=TIMEOUT_S)
            except BaseException as error:
                self.not_undone = error
                raise error from cause
            raise

    def commit(self):
        if self.not_undone:
            raise self.not_undone
        lost = None
        for pause in (0, 0.2, 1, 2):  # the server keeps the outcome, so a lost answer can be asked for again
            time.sleep(pause)
            try:
                self.service.Commit(messages.CommitRequest(handle=self.handle), timeout=TIMEOUT_S)
                return
            except grpc.RpcError as error:
                if reason_of(error) in NO_OUTCOME:
                    lost = error
                elif lost is None or reason_of(error) not in NOT_TAKEN:
                    raise
        raise OutcomeUnknown(describe(lost)) from lost


def run_in_unit_of_work(channel, work, isolation=messages.ISOLATION_READ_COMMITTED, label="", attempts=10, rerun=RERUN):
    """Calls `work` with a unit of work, commits and returns its result; rolls back when it raises.

    When it fails with a reason in `rerun`, others were in the way; when the unit was lost with its connection or server,
    nothing of it was committed. Then all of `work` runs again, so it should have no effect but through the unit.
    OutcomeUnknown is raised, never followed by another run.
    """
    service = services.UnitOfWorkStub(channel)
    request = messages.BeginRequest(transaction={"isolation": isolation}, label=label)
    for attempt in itertools.count(1):
        unit = None
        try:
            unit = Unit(service.Begin(request, timeout=TIMEOUT_S).handle, channel, service)
            try:
                result = work(unit)
                unit.commit()
                return result
            except BaseException:
                with contextlib.suppress(grpc.RpcError):  # a unit that is left alone ends by itself
                    service.Rollback(messages.RollbackRequest(handle=unit.handle), timeout=TIMEOUT_S)
                raise
        except grpc.RpcError as error:
            unreached = unit is None and error.code() == grpc.StatusCode.UNAVAILABLE  # nothing has been done
            if attempt == attempts or not (unreached or was_lost(error) or reason_of(error) in rerun):
                raise
            least = _detail(error, error_details_pb2.RetryInfo).retry_delay.ToTimedelta().total_seconds()
            time.sleep(least + random.uniform(0, min(0.01 * 2**attempt, 1)))


def reason_of(error):
    """The reason of a Rowkeeper error, "VERSION_MISMATCH" for example, or "" when the error came from elsewhere."""
    info = _detail(error, error_details_pb2.ErrorInfo)
    return info.reason if info.domain == "rowkeeper" else ""


def was_lost(error):
    """Whether the error says that the unit went with its connection or server before Commit."""
    info = _detail(error, error_details_pb2.ErrorInfo)
    return reason_of(error) == "UNIT_OF_WORK_EXPIRED" and info.metadata.get("cause") in LOST


def describe(error):
    return f"{error.code().name} {reason_of(error)}: {error.details()}"


def explain(error, done):
    """What to tell a person for whom run_in_unit_of_work should have `done` something."""
    if isinstance(error, OutcomeUnknown):
        return f"it is not known whether anything was {done}; look before you run it again: {error}"
    return f"nothing was {done}: {describe(error)}"


def _detail(error, kind):
    found = kind()
    details = dict(error.trailing_metadata() or ()).get("grpc-status-details-bin", b"")
    for packed in status_pb2.Status.FromString(details).details:
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
