"""A program of the planner that knows its protos of one day, and calls every repository."""
import dataclasses
import pathlib
import subprocess

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

ADA = "6f1c1d2e-0000-4000-8000-000000000101"  # from migrations/planner/init_data
NOBODY = "00000000-0000-4000-8000-000000000000"
SERVICE = "/planner.v1."


@dataclasses.dataclass
class Failure:
    """A call without the answer that it has to have."""

    method: str
    words: str

    def is_of(self, methods):
        """Whether one of `methods` fits: `Repository.Method`, or `Repository` for all of it. What fails has to say why by
        a reason; an answer that is wrong fits never."""
        repository = self.method.partition(".")[0]
        return not self.words.startswith("WRONG") and (self.method in methods or repository in methods)


class Protos:
    """Message classes of a directory of protos."""

    def __init__(self, directory, work):
        path = pathlib.Path(work) / "descriptors"
        files = sorted(str(file.relative_to(directory)) for file in pathlib.Path(directory).glob("planner/v1/*.proto"))
        done = subprocess.run(["protoc", "-I", directory, "-I", "server/protocols", "--include_imports",
                               f"--descriptor_set_out={path}", *files],
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"protoc: {done.stderr}")  # it warns of imports that a step leaves unused
        self.pool = descriptor_pool.DescriptorPool()
        self.services = {}
        for file in descriptor_pb2.FileDescriptorSet.FromString(path.read_bytes()).file:
            self.pool.Add(file)
            for service in file.service:
                self.services[service.name] = {method.name: method for method in service.method}
        self.factory = message_factory.MessageFactory(self.pool)

    def message(self, name):
        """An empty message of that full name."""
        return self.factory.GetPrototype(self.pool.FindMessageTypeByName(name.lstrip(".")))()


def fill(message, values):
    """Sets fields by number, which stay when names change. Those that are not there are left out."""
    for number, value in values.items():
        field = message.DESCRIPTOR.fields_by_number.get(number)
        if field is None:
            continue
        if isinstance(value, dict):
            fill(getattr(message, field.name), value)
            getattr(message, field.name).SetInParent()
        else:
            setattr(message, field.name, value)
    return message


# What a row is made of, by field numbers; None for a repository from which rows are only read.
NEW_ROWS = {
    "TodoRepository": lambda unique: {2: ADA, 3: f"todo {unique}", 8: 3, 10: {1: 60}},
    "ScheduleItemRepository": lambda unique: {2: ADA, 4: f"item {unique}", 5: 1, 6: {1: 1000}, 7: {1: 2000}},
    "AutomationJobRepository": lambda unique: {2: ADA, 4: f"job {unique}", 5: "tidy up", 7: "0 0 * * 0"},
}


class Client:
    """Calls one server."""

    def __init__(self, address, protos, work):
        self.protos = Protos(protos, work)
        self.channel = grpc.insecure_channel(address, [("grpc.use_local_subchannel_pool", 1)])
        self.calls = 0
        self.failures = []

    def close(self):
        """Ends the connection."""
        self.channel.close()

    def call_everything(self, unique):
        """Each method of each repository that is called at all; `unique`: for texts of new rows. The failures."""
        self.failures = []
        for repository in sorted(self.protos.services):
            if repository.endswith("Repository"):
                self._read(repository)
                self._write(repository, unique)
        return self.failures

    def _read(self, repository):
        methods = self.protos.services[repository]
        if "List" not in methods:
            if "GetById" in methods:
                key = self.protos.message(methods["GetById"].input_type).DESCRIPTOR.fields_by_number[1]
                missing = NOBODY if key.type == key.TYPE_STRING else 999999999
                self._call(repository, "GetById", {1: missing}, grpc.StatusCode.NOT_FOUND)
            return
        page = self._call(repository, "List", {})
        if page is None:
            return
        rows = next((value for field, value in page.ListFields() if field.label == field.LABEL_REPEATED), [])
        # Rows that this program makes go again meanwhile.
        if rows and "GetById" in methods and repository not in NEW_ROWS:
            row = self._call(repository, "GetById", {1: rows[0].id})
            if row is not None:
                self._expect(repository, "GetById", row.id == rows[0].id, "another row")

    def _write(self, repository, unique):
        if repository not in NEW_ROWS:
            return
        values = NEW_ROWS[repository](unique)
        row = self._call(repository, "Create", {1: values})
        if row is None:
            return
        self._expect_values(repository, "Create", row, values)
        same = self._call(repository, "GetById", {1: row.id})
        if same is not None:
            self._expect_values(repository, "GetById", same, values)
        if self._call(repository, "Delete", {1: row.id}) is not None:
            self._call(repository, "GetById", {1: row.id}, grpc.StatusCode.NOT_FOUND)

    def _expect_values(self, repository, method, row, values):
        wanted = fill(type(row)(), values)
        for number in values:
            field = row.DESCRIPTOR.fields_by_number[number]
            got, want = getattr(row, field.name), getattr(wanted, field.name)
            self._expect(repository, method, got == want, f"{field.name} is {got}, not {want}")

    def _expect(self, repository, method, holds, words):
        if not holds:
            self.failures.append(Failure(f"{repository}.{method}", f"WRONG: {words}"))

    def _call(self, repository, method, values, expected=grpc.StatusCode.OK):
        """The response, or None when the call has failed or answers by the code that it has to."""
        about = self.protos.services[repository][method]
        request = fill(self.protos.message(about.input_type), values)
        parse = self.protos.message(about.output_type).FromString
        call = self.channel.unary_unary(f"{SERVICE}{repository}/{method}", type(request).SerializeToString, parse)
        self.calls += 1
        try:
            response = call(request, timeout=30)
        except grpc.RpcError as error:
            if error.code() != expected:
                self.failures.append(Failure(f"{repository}.{method}", f"{error.code().name}: {error.details()}"))
            return None
        self._expect(repository, method, expected == grpc.StatusCode.OK, f"not {expected.name}")
        return response
