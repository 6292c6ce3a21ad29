"""Calls the planner at the address given, through generated stubs, and checks every answer."""

import datetime
import sys
import uuid

import grpc
from google.protobuf import field_mask_pb2
from google.rpc import error_details_pb2, status_pb2
from planner.v1 import profile_pb2, profile_pb2_grpc, todo_pb2, todo_pb2_grpc

TIMEOUT_S = 10
DAY = datetime.timedelta(days=1)
NOON = datetime.datetime(2032, 3, 4, 12, tzinfo=datetime.timezone.utc)


def check(condition, what):
    if not condition:
        raise AssertionError(what)


def refused(code, rpc, request):
    """Calls, expects `code`, and gives the error's details by type."""
    try:
        answer = rpc(request, timeout=TIMEOUT_S)
    except grpc.RpcError as error:
        check(error.code() == code, f"expected {code}, got {error.code()}: {error.details()}")
        found = {}
        status = status_pb2.Status.FromString(dict(error.trailing_metadata())["grpc-status-details-bin"])
        check(status.code == code.value[0], "the details are of this error")
        for any_detail in status.details:
            for kind in (error_details_pb2.ErrorInfo, error_details_pb2.BadRequest, error_details_pb2.ResourceInfo):
                if any_detail.Is(kind.DESCRIPTOR):
                    found[kind] = kind()
                    any_detail.Unpack(found[kind])
        check(found[error_details_pb2.ErrorInfo].domain, "ErrorInfo names its domain")
        return found
    raise AssertionError(f"expected {code}, got {answer}")


def new_todo(owner, title, due):
    todo = todo_pb2.Todo(owner_id=owner, title=title, tags=["b", "a"], status=todo_pb2.TODO_STATUS_OPEN)
    todo.due_at.FromDatetime(due)
    todo.labels.update({"color": "green", "deep": {"list": [1.5, None, True]}})
    todo.estimate.FromTimedelta(datetime.timedelta(hours=1, microseconds=1))
    return todo


def check_life_of_a_todo(todos, owner):
    sent = new_todo(owner, "Python", NOON)
    made = todos.Create(todo_pb2.CreateTodoRequest(todo=sent), timeout=TIMEOUT_S)
    check(uuid.UUID(made.id).version is not None, "the id is a UUID")
    check(made.version == 1 and made.created_at == made.updated_at, "version and times of a new row")
    check(not made.HasField("deleted_at") and not made.HasField("notes"), "absent stays absent")
    for name in ("owner_id", "title", "tags", "status", "due_at", "labels", "estimate"):
        check(getattr(made, name) == getattr(sent, name), f"{name} survives")
    get = todo_pb2.GetTodoByIdRequest(id=made.id)
    check(todos.GetById(get, timeout=TIMEOUT_S) == made, "GetById gives what Create gave")

    changed = todo_pb2.Todo(id=made.id, notes="", priority=-7, version=made.version)
    mask = field_mask_pb2.FieldMask(paths=["notes", "priority"])
    update = todo_pb2.UpdateTodoRequest(todo=changed, update_mask=mask)
    updated = todos.Update(update, timeout=TIMEOUT_S)
    check(updated.HasField("notes") and updated.notes == "", "an empty text that is present is written")
    check((updated.priority, updated.title, updated.version) == (-7, "Python", 2), "only what the mask names changes")
    details = refused(grpc.StatusCode.ABORTED, todos.Update, update)
    check(details[error_details_pb2.ErrorInfo].reason == "VERSION_MISMATCH", "a stale version says so")

    deleted = todos.SoftDelete(todo_pb2.SoftDeleteTodoRequest(id=made.id), timeout=TIMEOUT_S)
    check(deleted.HasField("deleted_at"), "SoftDelete marks the row")
    details = refused(grpc.StatusCode.NOT_FOUND, todos.GetById, get)
    check(made.id in details[error_details_pb2.ResourceInfo].resource_name, "NOT_FOUND names the row")
    refused(grpc.StatusCode.NOT_FOUND, todos.SoftDelete, todo_pb2.SoftDeleteTodoRequest(id=made.id))
    restored = todos.Restore(todo_pb2.RestoreTodoRequest(id=made.id), timeout=TIMEOUT_S)
    check(not restored.HasField("deleted_at"), "Restore brings it back")
    todos.Delete(todo_pb2.DeleteTodoRequest(id=made.id), timeout=TIMEOUT_S)
    refused(grpc.StatusCode.NOT_FOUND, todos.GetById, get)


def pages_of(rpc, request):
    while True:
        page = rpc(request, timeout=TIMEOUT_S)
        yield page
        if not page.next_page_token:
            return
        request.page_token = page.next_page_token


def check_pages(todos, owner):
    made = [todos.Create(todo_pb2.CreateTodoRequest(todo=new_todo(owner, f"page {day}", NOON + day * DAY)), timeout=TIMEOUT_S)
            for day in range(5)]
    request = todo_pb2.ListTodosByDateRangeRequest(owner_id=owner, page_size=2, order_by="due_at desc")
    request.start_time.FromDatetime(NOON)
    request.end_time.FromDatetime(NOON + 5 * DAY)
    pages = list(pages_of(todos.ListByDateRange, request))
    check([len(page.todos) for page in pages] == [2, 2, 1], "five rows are pages of two, two and one")
    listed = [todo for page in pages for todo in page.todos]
    check(listed == made[::-1], "the pages hold every row once, in the order asked for")

    request.end_time.FromDatetime(NOON + 4 * DAY)
    request.page_token = ""
    half_open = [todo.id for page in pages_of(todos.ListByDateRange, request) for todo in page.todos]
    check(half_open == [todo.id for todo in made[3::-1]], "the end of a range is not in it")

    by_owner = todo_pb2.ListTodosByOwnerRequest(owner_id=owner, page_size=2)
    by_owner.page_token = todos.ListByOwner(by_owner, timeout=TIMEOUT_S).next_page_token
    by_owner.status = todo_pb2.TODO_STATUS_DONE
    details = refused(grpc.StatusCode.INVALID_ARGUMENT, todos.ListByOwner, by_owner)
    fields = [violation.field for violation in details[error_details_pb2.BadRequest].field_violations]
    check(fields == ["page_token"], "a token of another request is refused")

    masked = todo_pb2.ListTodosByOwnerRequest(owner_id=owner, read_mask=field_mask_pb2.FieldMask(paths=["title"]))
    for todo in todos.ListByOwner(masked, timeout=TIMEOUT_S).todos:
        check(todo == todo_pb2.Todo(title=todo.title), "a read mask leaves the rest out")


def check_refusals(todos, profiles, owner):
    details = refused(grpc.StatusCode.INVALID_ARGUMENT, todos.GetById, todo_pb2.GetTodoByIdRequest(id="none"))
    check(details[error_details_pb2.BadRequest].field_violations[0].field == "id", "a bad UUID names the field")
    twin = profile_pb2.Profile(email="ada@example.com", handle="twin", display_name="Twin")
    details = refused(grpc.StatusCode.ALREADY_EXISTS, profiles.Create, profile_pb2.CreateProfileRequest(profile=twin))
    check("email" in str(details[error_details_pb2.ErrorInfo].metadata), "a duplicate names the field")
    orphan = new_todo(str(uuid.uuid4()), "orphan", NOON)
    refused(grpc.StatusCode.FAILED_PRECONDITION, todos.Create, todo_pb2.CreateTodoRequest(todo=orphan))
    request = todo_pb2.ListTodosByOwnerRequest(owner_id=owner, page_size=-1)
    details = refused(grpc.StatusCode.INVALID_ARGUMENT, todos.ListByOwner, request)
    check(details[error_details_pb2.BadRequest].field_violations[0].field == "page_size", "a negative page size is named")


def main():
    with grpc.insecure_channel(sys.argv[1]) as channel:
        todos = todo_pb2_grpc.TodoRepositoryStub(channel)
        profiles = profile_pb2_grpc.ProfileRepositoryStub(channel)
        person = profile_pb2.Profile(email="python@example.com", handle="python", display_name="Python \N{SNAKE}")
        owner = profiles.Create(profile_pb2.CreateProfileRequest(profile=person), timeout=TIMEOUT_S)
        check(owner.display_name == person.display_name and owner.timezone == "UTC", "text and defaults")
        check_life_of_a_todo(todos, owner.id)
        check_pages(todos, owner.id)
        check_refusals(todos, profiles, owner.id)
        print("the Python client got every answer that it expected")


if __name__ == "__main__":
    main()
