"""Rows to messages and back, errors to statuses, page tokens."""

import base64
import contextlib
import datetime
import uuid

import grpc
from sqlalchemy.exc import DBAPIError

from bench.v1 import profile_pb2, todo_pb2

DEFAULT_PAGE_SIZE = 50
MAX_PAGE_SIZE = 1000
STATUSES = {name.removeprefix("TODO_STATUS_"): value for name, value in todo_pb2.TodoStatus.items()}
STATUS_TEXTS = {value: text for text, value in STATUSES.items()}
CODES = {"23503": grpc.StatusCode.FAILED_PRECONDITION, "23505": grpc.StatusCode.ALREADY_EXISTS,
         "23502": grpc.StatusCode.INVALID_ARGUMENT, "23514": grpc.StatusCode.INVALID_ARGUMENT}


class Refused(Exception):
    """A call that cannot be answered with a message."""

    def __init__(self, code, words):
        super().__init__(words)
        self.code = code


@contextlib.asynccontextmanager
async def answers(context):
    """What is raised inside, as a status."""
    try:
        yield
    except Refused as refused:
        await context.abort(refused.code, str(refused))
    except DBAPIError as error:
        state = getattr(error.orig, "sqlstate", None) or ""
        code = CODES.get(state)
        if code is None:
            code = grpc.StatusCode.INVALID_ARGUMENT if state.startswith("22") else grpc.StatusCode.INTERNAL
        await context.abort(code, str(error.orig))


def invalid(words):
    return Refused(grpc.StatusCode.INVALID_ARGUMENT, words)


def missing():
    return Refused(grpc.StatusCode.NOT_FOUND, "there is no such row")


def parse_id(field, text):
    try:
        return uuid.UUID(text)
    except ValueError:
        raise invalid(f"{field}: is not a UUID") from None


def page_size(asked):
    if asked < 0:
        raise invalid("page_size: is negative")
    return min(asked, MAX_PAGE_SIZE) or DEFAULT_PAGE_SIZE


def make_token(at, row_id):
    """A page token is the sort key of the last row: a time and an id."""
    return base64.urlsafe_b64encode(f"{at.isoformat()},{row_id}".encode()).decode()


def read_token(token):
    try:
        at, row_id = base64.urlsafe_b64decode(token).decode().split(",")
        return datetime.datetime.fromisoformat(at), uuid.UUID(row_id)
    except ValueError:
        raise invalid("page_token: is not one of ours") from None


def to_time(message, field):
    """The field as a datetime; None when it is absent."""
    return getattr(message, field).ToDatetime(datetime.timezone.utc) if message.HasField(field) else None


def set_times(message, row, *fields):
    for field in fields:
        value = getattr(row, field)
        if value is not None:
            getattr(message, field).FromDatetime(value)


def profile(row):
    message = profile_pb2.Profile(id=str(row.id), email=row.email, handle=row.handle, display_name=row.display_name,
                                  timezone=row.timezone, version=row.version)
    message.settings.update(row.settings)
    message.settings.SetInParent()
    set_times(message, row, "created_at", "updated_at", "deleted_at")
    return message


def todo(row):
    message = todo_pb2.Todo(id=str(row.id), owner_id=str(row.owner_id), title=row.title, notes=row.notes,
                            status=STATUSES[row.status], priority=row.priority, version=row.version)
    set_times(message, row, "due_at", "created_at", "updated_at", "deleted_at")
    return message


def status_text(value):
    """What the column holds; the default is that of the table."""
    return STATUS_TEXTS[value] if value else "OPEN"


def todo_values(message, prefix="todo"):
    """The columns of a to-do that is created."""
    return {"owner_id": parse_id(f"{prefix}.owner_id", message.owner_id), "title": message.title,
            "notes": message.notes if message.HasField("notes") else None, "status": status_text(message.status),
            "due_at": to_time(message, "due_at"), "priority": message.priority}
