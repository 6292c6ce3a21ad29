"""What an error says to programs."""

import dataclasses
from typing import Mapping, Optional, Sequence

import grpc
from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2, status_pb2

# Answers of a server that did nothing with the call: it is starting or stopping.
NOT_SERVING = ("SHUTTING_DOWN", "SERVER_STARTING")


class OutcomeUnknown(Exception):
    """Nobody could say whether the unit was committed: look what is there before doing it again."""


@dataclasses.dataclass(frozen=True)
class FieldViolation:
    """A mistake of the request: the path of the field, "todo.title", what is wrong, and what to send."""

    field: str
    description: str


@dataclasses.dataclass(frozen=True)
class Resource:
    """The row that an error is about: full name of its entity, and its key as the caller gave it."""

    type: str
    name: str


@dataclasses.dataclass(frozen=True)
class ErrorDetails:
    """The google.rpc details of an error. A detail that the error does not carry, or that does not parse, is left empty."""

    #: "UNIQUE_VIOLATION"; empty when the error comes from elsewhere, a proxy or the network. All: proto/reference/errors.md
    reason: str = ""
    metadata: Mapping[str, str] = dataclasses.field(default_factory=dict)
    field_violations: Sequence[FieldViolation] = ()
    resource: Optional[Resource] = None
    #: Least time to wait before trying again, seconds; None where the server does not say.
    retry_delay: Optional[float] = None

    @property
    def constraint(self):
        """Name of the database constraint that refused the row, or ""."""
        return self.metadata.get("constraint", "")


def details_of(error):
    """The ErrorDetails of a grpc.RpcError."""
    reason, metadata, violations, resource, delay = "", {}, (), None, None
    for detail in _packed_details(error):
        if info := _unpacked(detail, error_details_pb2.ErrorInfo):
            if info.domain == "rowkeeper":
                reason, metadata = info.reason, dict(info.metadata)
        elif request := _unpacked(detail, error_details_pb2.BadRequest):
            violations = tuple(FieldViolation(one.field, one.description) for one in request.field_violations)
        elif row := _unpacked(detail, error_details_pb2.ResourceInfo):
            resource = Resource(row.resource_type, row.resource_name)
        elif retry := _unpacked(detail, error_details_pb2.RetryInfo):
            delay = retry.retry_delay.ToTimedelta().total_seconds()
    return ErrorDetails(reason, metadata, violations, resource, delay)


def reason_of(error):
    """The reason of a Rowkeeper error, "VERSION_MISMATCH" for example, or "" when the error came from elsewhere."""
    return details_of(error).reason


def was_dropped(error):
    """Whether the call reached a server that had begun to close, where no method saw it."""
    return error.code() == grpc.StatusCode.CANCELLED and error.details() == "CANCELLED" and not reason_of(error)


def describe(error):
    """One line for a log: code, reason and message."""
    return f"{error.code().name} {reason_of(error)}: {error.details()}"


def explain(error, done):
    """What to tell a person for whom run_in_unit_of_work should have `done` something: "transferred", for example."""
    if isinstance(error, OutcomeUnknown):
        return f"it is not known whether anything was {done}; look before you run it again: {error}"
    return f"nothing was {done}: {describe(error)}"


def _packed_details(error):
    try:
        packed = dict(error.trailing_metadata() or ()).get("grpc-status-details-bin", b"")
        return status_pb2.Status.FromString(packed).details
    except DecodeError:
        return ()


def _unpacked(detail, kind):
    """`detail` as a `kind`, or None when it is of another type or does not parse."""
    found = kind()
    try:
        return found if detail.Unpack(found) else None
    except DecodeError:
        return None
