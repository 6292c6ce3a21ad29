"""Makes calls of every kind, sampled by their caller, and checks the spans that the collector has got of them.

usage: traces.py ADDRESS SPANS OWNER
"""

import json
import secrets
import sys
import time
import uuid

import grpc
from planner.v1 import profile_pb2, profile_pb2_grpc, todo_pb2, todo_pb2_grpc
from rowkeeper.v1 import unit_of_work_pb2, unit_of_work_pb2_grpc

TIMEOUT_S = 30
CALLER = "b7ad6b7169203331"


def check(condition, what):
    if not condition:
        raise AssertionError(what)


class Sampled:
    """A trace of its own, whose caller samples the call."""

    def __init__(self, *more):
        self.id = secrets.token_hex(16)
        self.metadata = [("traceparent", f"00-{self.id}-{CALLER}-01"), ("tracestate", "vendor=1"), *more]

    def call(self, rpc, request):
        return rpc(request, metadata=self.metadata, timeout=TIMEOUT_S)


class Spans:
    def __init__(self, path):
        self.path = path

    def read(self):
        with open(self.path, encoding="utf-8") as file:
            return [json.loads(line) for line in file if line.endswith("\n")]

    def of(self, trace):
        """All of one call, its own last."""
        end = time.monotonic() + TIMEOUT_S
        while time.monotonic() < end:
            spans = [span for span in self.read() if span["trace"] == trace.id]
            if spans and spans[-1]["kind"] == "SERVER":
                return well_formed(spans)
            time.sleep(0.1)
        raise AssertionError(f"no spans of {trace.id}")


def well_formed(spans):
    call = spans[-1]
    check(call["parent"] == CALLER and call["state"] == "vendor=1" and call["flags"] == 0x301, f"the caller's: {call}")
    check(abs(call["end"] / 1e9 - time.time()) < 3600, f"the time of day: {call}")
    check(len({span["id"] for span in spans}) == len(spans), "ids of their own")
    for span in spans:
        check(span["start"] <= span["end"], f"ends before it begins: {span}")
        check(span["resource"]["service.name"] == "planner", f"the service: {span}")
    for span in spans[:-1]:
        check(span["parent"] == call["id"] and span["flags"] == 0x101, f"below its call: {span}")
        # Of a statement that served others the clocks were compared at another moment.
        slack = 1_000_000 if "rowkeeper.merged_calls" in span["attributes"] else 0
        check(call["start"] - slack <= span["start"] and span["end"] <= call["end"] + slack, f"within its call: {span}")
    return spans


def named(spans, name):
    found = [span for span in spans if span["name"] == name]
    check(found, f"no {name} in {[span['name'] for span in spans]}")
    return found[0]


def check_plain_call(profiles, owner, spans):
    trace = Sampled(("x-request-id", "r-17"))
    trace.call(profiles.GetById, profile_pb2.GetProfileByIdRequest(id=owner))
    found = spans.of(trace)
    call = found[-1]
    check(call["name"] == "planner.v1.ProfileRepository/GetById" and not call["error"], call)
    told = call["attributes"]
    check(told["rpc.system.name"] == "grpc" and told["rpc.method"] == call["name"], told)
    check(told["rpc.response.status_code"] == "OK" and "error.type" not in told, told)
    check(told["rowkeeper.request_id"] == "r-17" and told["rowkeeper.rows"] == 1, told)
    check(named(found, "queue")["kind"] == "INTERNAL", found)
    statement = named(found, "SELECT profiles")
    check(statement["kind"] == "CLIENT", statement)
    told = statement["attributes"]
    check(told["db.system.name"] == "postgresql" and told["db.namespace"].startswith("rk_shell_"), told)
    check(told["db.operation.name"] == "SELECT" and told["db.collection.name"] == "profiles", told)
    check("$1" in told["db.query.text"] and owner not in json.dumps(found), told)


def check_unit_of_work(channel, todos, owner, spans):
    units = unit_of_work_pb2_grpc.UnitOfWorkStub(channel)
    begin = Sampled()
    handle = begin.call(units.Begin, unit_of_work_pb2.BeginRequest()).handle
    create = Sampled(("rowkeeper-unit-of-work", handle))
    todo = todo_pb2.Todo(owner_id=owner, title="T")
    create.call(todos.Create, todo_pb2.CreateTodoRequest(todo=todo))
    commit = Sampled()
    commit.call(units.Commit, unit_of_work_pb2.CommitRequest(handle=handle))
    check(spans.of(begin)[-1]["name"] == "rowkeeper.v1.UnitOfWork/Begin", "Begin")
    found = spans.of(create)
    check([span["name"] for span in found] == ["queue", "INSERT todos", "planner.v1.TodoRepository/Create"], found)
    unit = found[-1]["attributes"]["rowkeeper.unit_of_work"]
    found = spans.of(commit)
    check("db.query.text" not in named(found, "COMMIT")["attributes"], found)
    check(found[-1]["attributes"]["rowkeeper.unit_of_work"] == unit and handle not in json.dumps(found), found)


def check_run(channel, owner, spans):
    run = unit_of_work_pb2.RunRequest()
    for title in ("A", "B"):
        call = run.calls.add(method="planner.v1.TodoRepository.Create")
        call.request.Pack(todo_pb2.CreateTodoRequest(todo=todo_pb2.Todo(owner_id=owner, title=title)))
    trace = Sampled()
    trace.call(unit_of_work_pb2_grpc.UnitOfWorkStub(channel).Run, run)
    names = [span["name"] for span in spans.of(trace)]
    check(names.count("INSERT todos") == 2 and names.count("queue") == 1 and "COMMIT" in names, names)


def check_streams(todos, owner, spans):
    trace = Sampled()
    messages = (todo_pb2.ImportTodosRequest(todos=[todo_pb2.Todo(id=str(uuid.uuid4()), owner_id=owner, title="T")]) for _ in range(3))
    answers = list(trace.call(todos.Import, messages))
    check(answers[-1].imported == 3, answers)
    names = [span["name"] for span in spans.of(trace)]
    check(names.count("INSERT todos") == 3 and names[-1] == "planner.v1.TodoRepository/Import", names)
    trace = Sampled()
    check(list(trace.call(todos.Export, todo_pb2.ExportTodosRequest())), "an export")
    check(len(spans.of(trace)) > 1, "an export")


def refused(trace, rpc, request):
    try:
        trace.call(rpc, request)
    except grpc.RpcError as error:
        return error.code()
    raise AssertionError("it was not refused")


def check_refused_and_failed(profiles, owner, spans):
    trace = Sampled()
    check(refused(trace, profiles.GetById, profile_pb2.GetProfileByIdRequest(id="x")) == grpc.StatusCode.INVALID_ARGUMENT, "")
    (call,) = spans.of(trace)
    check(not call["error"], call)
    check(call["attributes"]["error.type"] == "INVALID_ARGUMENT", call)
    check(call["attributes"]["rowkeeper.reason"] == "INVALID_FIELD", call)

    trace = Sampled()
    ada = profiles.GetById(profile_pb2.GetProfileByIdRequest(id=owner), timeout=TIMEOUT_S)
    again = profile_pb2.Profile(email=ada.email, handle="another", display_name="A")
    code = refused(trace, profiles.Create, profile_pb2.CreateProfileRequest(profile=again))
    check(code == grpc.StatusCode.ALREADY_EXISTS, code)
    found = spans.of(trace)
    check(not found[-1]["error"], found[-1])
    statement = named(found, "INSERT profiles")
    check(statement["error"] and statement["attributes"]["db.response.status_code"] == "23505", statement)
    check(ada.email not in json.dumps(found), found)


def check_merged_calls(profiles, owner, spans):
    end = time.monotonic() + TIMEOUT_S
    while True:
        traces = [Sampled() for _ in range(100)]
        request = profile_pb2.GetProfileByIdRequest(id=owner)
        answers = [profiles.GetById.future(request, metadata=t.metadata, timeout=TIMEOUT_S) for t in traces]
        for answer in answers:
            answer.result()
        merged = []
        for trace in traces:
            merged += [s["attributes"] for s in spans.of(trace) if "rowkeeper.merged_calls" in s["attributes"]]
        if merged:
            break
        check(time.monotonic() < end, "of a hundred calls at once none ran with another")
    for told in merged:
        check(2 <= told["rowkeeper.merged_calls"] <= 64 and told["db.operation.name"] == "SELECT", told)


def main(address, path, owner):
    spans = Spans(path)
    with grpc.insecure_channel(address) as channel:
        profiles = profile_pb2_grpc.ProfileRepositoryStub(channel)
        todos = todo_pb2_grpc.TodoRepositoryStub(channel)
        unsampled = secrets.token_hex(16)
        profiles.GetById(profile_pb2.GetProfileByIdRequest(id=owner), timeout=TIMEOUT_S,
                         metadata=[("traceparent", f"00-{unsampled}-{CALLER}-00")])
        check_plain_call(profiles, owner, spans)
        check_unit_of_work(channel, todos, owner, spans)
        check_run(channel, owner, spans)
        check_streams(todos, owner, spans)
        check_refused_and_failed(profiles, owner, spans)
        check_merged_calls(profiles, owner, spans)
    all_spans = spans.read()
    check(all(span["trace"] != unsampled for span in all_spans), "what its caller does not sample has no spans")
    check(all(span["parent"] for span in all_spans), "a call without a trace is not sampled by a ratio of 0")


if __name__ == "__main__":
    main(*sys.argv[1:])
