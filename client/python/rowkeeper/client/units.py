"""Units of work: several calls in one transaction."""

import contextlib
import itertools
import random
import time

import grpc
from rowkeeper.v1 import unit_of_work_pb2 as messages
from rowkeeper.v1 import unit_of_work_pb2_grpc as services

from .channel import TIMEOUT_S, UNIT_HEADER, CallDetails
from .errors import NOT_SERVING, OutcomeUnknown, describe, details_of, reason_of, was_dropped

#: Reasons for which run_in_unit_of_work runs all of the work again: others were in the way.
RERUN = ("SERIALIZATION_FAILURE", "DEADLOCK", "LOCK_TIMEOUT")
# Causes of UNIT_OF_WORK_EXPIRED: the unit went with its connection or server before Commit. One that was too slow would be
# too slow again.
_LOST = ("CONNECTION_LOST", "SHUTDOWN", "SERVER_RESTARTED", "OTHER_RELEASE")
# Answers of a server that did nothing: it is starting, stopping, or another one than the unit's.
_GONE = ("UNIT_OF_WORK_ELSEWHERE", *NOT_SERVING)
# Answers to Commit that leave its outcome open, and answers of a server that has not looked at it.
_NO_OUTCOME = ("", "COMMIT_OUTCOME_UNKNOWN", "DEADLINE_EXCEEDED", "CANCELLED", "INTERNAL")
_NOT_TAKEN = ("UNIT_OF_WORK_BUSY", "UNIT_OF_WORK_NOT_FOUND", *_GONE)


class Unit:
    """An open unit of work, for one thread at a time: what stubs made over `channel` do is part of it."""

    def __init__(self, handle, channel, service):
        self.handle = handle
        self.channel = grpc.intercept_channel(channel, _AddHandle(handle))
        self._service = service
        self._not_undone = None

    @contextlib.contextmanager
    def savepoint(self):
        """Undoes what its block did, and nothing else, when the block raises. When that fails, the unit cannot commit."""
        name = self._service.Savepoint(messages.SavepointRequest(handle=self.handle), timeout=TIMEOUT_S).name
        try:
            yield
            self._service.Release(messages.ReleaseRequest(handle=self.handle, name=name), timeout=TIMEOUT_S)
        except BaseException as cause:
            try:
                self._service.RollbackTo(messages.RollbackToRequest(handle=self.handle, name=name), timeout=TIMEOUT_S)
            except BaseException as error:
                self._not_undone = error
                raise error from cause
            raise

    def _commit(self):
        if self._not_undone:
            raise self._not_undone
        lost = None
        for pause in (0, 0.2, 1, 2):  # the server keeps the outcome, so a lost answer can be asked for again
            time.sleep(pause)
            try:
                self._service.Commit(messages.CommitRequest(handle=self.handle), timeout=TIMEOUT_S)
                return
            except grpc.RpcError as error:
                if was_dropped(error):
                    if lost is None:
                        raise
                elif reason_of(error) in _NO_OUTCOME:
                    lost = error
                elif lost is None or reason_of(error) not in _NOT_TAKEN:
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
                unit._commit()
                return result
            except BaseException:
                with contextlib.suppress(grpc.RpcError):  # a unit that is left alone ends by itself
                    service.Rollback(messages.RollbackRequest(handle=unit.handle), timeout=TIMEOUT_S)
                raise
        except grpc.RpcError as error:
            unreached = unit is None and error.code() == grpc.StatusCode.UNAVAILABLE  # nothing has been done
            if attempt == attempts or not (unreached or _was_lost(error) or reason_of(error) in rerun):
                raise
            time.sleep((details_of(error).retry_delay or 0) + random.uniform(0, min(0.01 * 2**attempt, 1)))


def _was_lost(error):
    """Whether the error says that the unit went with its connection or server before Commit."""
    details = details_of(error)
    expired = details.reason == "UNIT_OF_WORK_EXPIRED" and details.metadata.get("cause") in _LOST
    return expired or details.reason in _GONE or was_dropped(error)


class _AddHandle(grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor, grpc.StreamUnaryClientInterceptor,
                 grpc.StreamStreamClientInterceptor):
    """Adds it to streams, too, which the server then refuses: without it they would be executed outside the unit."""

    def __init__(self, handle):
        self._header = (UNIT_HEADER, handle)

    def _add(self, continuation, details, requests):
        metadata = [*(details.metadata or ()), self._header]
        timeout = TIMEOUT_S if details.timeout is None else details.timeout
        return continuation(CallDetails(details.method, timeout, metadata, details.credentials, details.wait_for_ready,
                                        details.compression), requests)

    intercept_unary_unary = intercept_unary_stream = intercept_stream_unary = intercept_stream_stream = _add
