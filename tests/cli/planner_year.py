"""A year of changes to the planner: what is edited in the protos, one step after another.

planner_year_test.sh tells what each step has to pass. Nobody writes any SQL for them.
usage: planner_year.py count | apply N DIRECTORY | what N | backfill N | rows N | drops N | finds N | migrates N
"""
import dataclasses
import pathlib
import sys

LABEL = """syntax = "proto3";
package planner.v1;
import "google/protobuf/timestamp.proto";
import "planner/v1/profile.proto";
import "rowkeeper/v1/annotations.proto";
option (rowkeeper.v1.conventions) = {constraint_names: CONSTRAINT_NAMES_PREFIXED, table_names: TABLE_NAMES_PLURAL};
message Label {
  option (rowkeeper.v1.entity) = {};
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
  string owner_id = 2 [(rowkeeper.v1.column) = {
    type: COLUMN_TYPE_UUID
    references: "planner.v1.Profile"
    on_delete: ON_DELETE_CASCADE
  }];
  string name = 3 [(rowkeeper.v1.column).max_length = 40];
}
service LabelRepository {
  option (rowkeeper.v1.repository).entity = "planner.v1.Label";
  rpc GetById(GetLabelByIdRequest) returns (Label);
}
message GetLabelByIdRequest {
  string id = 1;
}
"""

COMMENT = """syntax = "proto3";
package planner.v1;
import "planner/v1/profile.proto";
import "planner/v1/todo.proto";
import "rowkeeper/v1/annotations.proto";
option (rowkeeper.v1.conventions) = {constraint_names: CONSTRAINT_NAMES_PREFIXED, table_names: TABLE_NAMES_PLURAL};
message Comment {
  option (rowkeeper.v1.entity) = {
    unique_keys: {fields: ["todo_id", "number"]}
  };
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  string todo_id = 2 [(rowkeeper.v1.column) = {
    type: COLUMN_TYPE_UUID
    references: "planner.v1.Todo"
    on_delete: ON_DELETE_CASCADE
  }];
  int32 number = 3;
  string text = 4;
}
service CommentRepository {
  option (rowkeeper.v1.repository).entity = "planner.v1.Comment";
  rpc GetById(GetCommentByIdRequest) returns (Comment);
}
message GetCommentByIdRequest {
  int64 id = 1;
}
"""

COLUMN = "(rowkeeper.v1.column)"


@dataclasses.dataclass
class Step:
    """One change of the protos."""

    what: str
    # File (without planner/v1/ and .proto), what stands there, what stands there then. Every occurrence.
    edits: list = dataclasses.field(default_factory=list)
    # A whole file that is new, or None for one that goes.
    files: dict = dataclasses.field(default_factory=dict)
    # Arguments of `migrate new` for rows that have to change first.
    backfill: list = dataclasses.field(default_factory=list)
    # What the applications write afterwards.
    rows: str = ""
    # Columns that go, with their values.
    drops: int = 0
    # The rule that lint says is broken: what a team would decide to do when nobody works, or in another way.
    finds: str = ""
    # Whether the database has to change.
    migrates: bool = True
    # Repositories, or methods (Repository.Method), that are closed to servers and callers with the protos from before, as
    # soon as the database has changed; and those that are so only where the protos did not come first.
    closes: tuple = ()
    closes_without_protos: tuple = ()


def field(file, after, *lines):
    """New lines behind the one that declares `after`."""
    return (file, after, "\n  ".join([after, *lines]))


STEPS = [
    Step("numbers and names are written beside what people made by hand"),
    Step("a to-do has a place", [field("todo", "optional google.protobuf.Duration estimate = 10 [(rowkeeper.v1.column).filterable = true];",
                                       f"optional string location = 11 [{COLUMN}.max_length = 80];")]),
    Step("a column gets a better name", [("automation_job", "string prompt = 5;", "string instructions = 5;")]),
    Step("titles may be longer", [("todo", "string title = 3 [(rowkeeper.v1.column) = {max_length: 200",
                                   "string title = 3 [(rowkeeper.v1.column) = {max_length: 300")]),
    Step("a to-do can be blocked", [("todo", "TODO_STATUS_DONE = 3;", "TODO_STATUS_DONE = 3;\n  TODO_STATUS_BLOCKED = 4;")]),
    Step("the most important of an owner are asked for", [
        ("todo", '{fields: ["owner_id", "due_at"]},', '{fields: ["owner_id", "due_at"]},\n      {fields: ["owner_id", "priority desc"]},')]),
    Step("labels are a table", files={"label": LABEL},
         rows="INSERT INTO labels (owner_id, name) SELECT id, 'home' FROM profiles"),
    Step("a to-do has a label", [
        field("todo", f"optional string location = 11 [{COLUMN}.max_length = 80];",
              f"optional string label_id = 12 [{COLUMN} = {{",
              "  type: COLUMN_TYPE_UUID", '  references: "planner.v1.Label"', "  on_delete: ON_DELETE_SET_NULL", "}];"),
        ("todo", 'import "planner/v1/profile.proto";', 'import "planner/v1/label.proto";\nimport "planner/v1/profile.proto";')],
         rows="UPDATE todos SET label_id = (SELECT id FROM labels l WHERE l.owner_id = todos.owner_id)"),
    Step("prices have more digits", [("llm", "string input_price = 7 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_DECIMAL, precision: 12",
                                      "string input_price = 7 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_DECIMAL, precision: 16")]),
    Step("priorities are larger numbers", [
        ("todo", "int32 priority = 8", "int64 priority = 8"), ("todo", "optional int32 priority_above", "optional int64 priority_above"),
        ("todo", "optional int32 priority_up_to", "optional int64 priority_up_to"),
        ("todo_report", "optional int32 top_priority", "optional int64 top_priority")], finds="changing-column-type"),
    Step("an owner has each label once", [
        ("label", "option (rowkeeper.v1.entity) = {};", 'option (rowkeeper.v1.entity) = {unique_keys: {fields: ["owner_id", "name"]}};')]),
    Step("to-dos are pinned", [field("todo", "optional google.protobuf.Duration estimate = 10 [(rowkeeper.v1.column).filterable = true];",
                                     "bool pinned = 13;")],
         rows="UPDATE todos SET pinned = true WHERE priority > 1", closes=("TodoRepository.Create",)),
    Step("nobody used the place", [("todo", f"optional string location = 11 [{COLUMN}.max_length = 80];", "reserved 11;")], drops=1,
         closes_without_protos=("TodoRepository",)),
    Step("effort is one point unless somebody says so", [field("todo", "bool pinned = 13;", f'int64 effort = 14 [{COLUMN}.default_value = "1"];')]),
    Step("a query can filter by pinned", [("todo", "bool pinned = 13;", f"bool pinned = 13 [{COLUMN}.filterable = true];")], migrates=False),
    Step("labels know their times and versions", [field(
        "label", "string name = 3 [(rowkeeper.v1.column).max_length = 40];",
        f"google.protobuf.Timestamp created_at = 20 [{COLUMN}.role = ROLE_CREATED_AT];",
        f"google.protobuf.Timestamp updated_at = 21 [{COLUMN}.role = ROLE_UPDATED_AT];",
        f"int64 version = 23 [{COLUMN}.role = ROLE_VERSION];")]),
    Step("labels are put away, and their names are free again", [field(
        "label", f"google.protobuf.Timestamp updated_at = 21 [{COLUMN}.role = ROLE_UPDATED_AT];",
        f"optional google.protobuf.Timestamp deleted_at = 22 [{COLUMN}.role = ROLE_DELETED_AT];")]),
    Step("labels are called tags", [
        ("label", "message Label {", "message Tag {"), ("label", "planner.v1.Label", "planner.v1.Tag"),
        ("label", "returns (Label)", "returns (Tag)"), ("todo", "planner.v1.Label", "planner.v1.Tag"),
        ("label", "(rowkeeper.v1.entity) = {", '(rowkeeper.v1.entity) = {former_names: "planner.v1.Label", ')],
         closes=("LabelRepository",)),
    Step("and their table, too", [("label", '{former_names: "planner.v1.Label", ', '{former_names: "planner.v1.Label", table: "todo_tags", ')]),
    Step("a profile has a telephone number of its own", [field(
        "profile", "optional google.type.Date birth_date = 7;", f"optional string phone = 9 [{COLUMN} = {{max_length: 20, unique: true}}];")]),
    Step("who does not say so lives in Zurich", [("profile", 'default_value: "UTC"', 'default_value: "Europe/Zurich"')]),
    Step("a request to be friends has a few words", [field("friendship", "optional google.protobuf.Timestamp accepted_at = 5;",
                                                            "optional string words = 6;")]),
    Step("friendships have versions", [field("friendship", "google.protobuf.Timestamp updated_at = 21 [(rowkeeper.v1.column).role = ROLE_UPDATED_AT];",
                                              f"int64 version = 23 [{COLUMN}.role = ROLE_VERSION];")]),
    Step("jobs are looked for by name, too", [("automation_job", '{fields: ["state", "next_run_at"]}', '{fields: ["state", "next_run_at", "name"]}')]),
    Step("an appointment goes with its to-do", [("schedule_item", "on_delete: ON_DELETE_SET_NULL", "on_delete: ON_DELETE_CASCADE")]),
    Step("to-dos have settings", [field("todo", "bool pinned = 13 [(rowkeeper.v1.column).filterable = true];", "google.protobuf.Struct extras = 15;")],
         rows="""UPDATE todos SET extras = '{"colour": "red"}' WHERE pinned"""),
    Step("which are searched", [("todo", '{fields: ["labels"], method: "gin"}', '{fields: ["labels"], method: "gin"},\n      {fields: ["extras"], method: "gin"}')]),
    Step("and labels are not", [("todo", '{fields: ["labels"], method: "gin"},\n', "")]),
    Step("to-dos have watchers", [field("todo", "google.protobuf.Struct extras = 15;", "repeated string watchers = 16;")]),
    Step("a to-do comes from somewhere", [field("todo", "repeated string watchers = 16;", "oneof source {", "  string source_url = 17;",
                                                f"  string source_email = 18 [{COLUMN}.max_length = 320];", "}")],
         rows="UPDATE todos SET source_url = 'https://example.com' WHERE pinned"),
    Step("every to-do is estimated", [("todo", "optional google.protobuf.Duration estimate = 10", "google.protobuf.Duration estimate = 10")],
         backfill=["--backfill", "planner.v1.Todo", "--set", "estimate = interval '0'", "--where", "estimate IS NULL"],
         closes=("TodoRepository.Create",)),
    Step("a display name is no duty", [("profile", "string display_name = 4", "optional string display_name = 4"),
                                           ("todo_report", "string display_name = 2", "optional string display_name = 2")],
         closes=("ProfileRepository",)),
    Step("people talk about to-dos", files={"comment": COMMENT},
         rows="INSERT INTO comments (todo_id, number, text) SELECT id, 1, 'well' FROM todos"),
    Step("and answer each other", [field("comment", "string text = 4;", f'optional int64 parent_id = 5 [{COLUMN} = {{references: "planner.v1.Comment", on_delete: ON_DELETE_SET_NULL}}];')]),
    Step("what is answered is looked up", [(
        "comment", 'unique_keys: {fields: ["todo_id", "number"]}',
        'unique_keys: {fields: ["todo_id", "number"]}\n    indexes: {fields: ["parent_id"], where: "parent_id IS NOT NULL", name: "comments_by_parent"}')]),
    Step("a comment has a mood", [
        ("comment", "message Comment {", "enum Mood {\n  MOOD_UNSPECIFIED = 0;\n  MOOD_GLAD = 1;\n}\nmessage Comment {"),
        field("comment", "string text = 4;", f"Mood mood = 6 [{COLUMN} = {{type: COLUMN_TYPE_NATIVE_ENUM, default_value: \"MOOD_GLAD\"}}];")]),
    Step("there are two moods", [("comment", "MOOD_GLAD = 1;", "MOOD_GLAD = 1;\n  MOOD_SAD = 2;")]),
    Step("appointments have a kind more", [("schedule_item", "SCHEDULE_ITEM_KIND_TRAVEL = 3;", "SCHEDULE_ITEM_KIND_TRAVEL = 3;\n  SCHEDULE_ITEM_KIND_BREAK = 4;")]),
    Step("names of models have no limit", [("llm", "string name = 3 [(rowkeeper.v1.column) = {max_length: 100, ", "string name = 3 [(rowkeeper.v1.column) = {")]),
    Step("two vendors may have one name", [
        ("llm_factory", "max_length: 100, unique: true,", "max_length: 100,"),
        ("llm_factory", "  rpc GetByName(GetLlmFactoryByNameRequest) returns (LlmFactory);\n", "")]),
    Step("a to-do has costs, a day and an attachment", [field(
        "todo", "repeated string watchers = 16;",
        f"optional string costs = 24 [{COLUMN} = {{type: COLUMN_TYPE_DECIMAL, precision: 10, scale: 2}}];",
        "optional google.type.Date day = 25;", "bytes attachment = 26;"),
        ("todo", 'import "planner/v1/profile.proto";', 'import "google/type/date.proto";\nimport "planner/v1/profile.proto";')],
         closes=("TodoRepository.Create",)),
    Step("a comment belongs to a profile, or did once", [field(
        "comment", "string text = 4;", f"optional string author_id = 7 [{COLUMN} = {{type: COLUMN_TYPE_UUID, references: \"planner.v1.Profile\", on_delete: ON_DELETE_SET_NULL}}];")]),
    Step("whose model a job uses is checked elsewhere", [(
        "automation_job", '    references: "planner.v1.Llm"\n    on_delete: ON_DELETE_SET_NULL\n', "")]),
    Step("nobody talks about to-dos any more", drops=7, files={"comment": None}, edits=[
        ("todo", "option (rowkeeper.v1.conventions) = {", 'option (rowkeeper.v1.dropped_entities) = "planner.v1.Comment";\noption (rowkeeper.v1.conventions) = {')],
         closes=("CommentRepository",)),
]


def apply(step, directory):
    """Edits the files of the directory. An edit that finds nothing is a mistake of the step."""
    for name, text in step.files.items():
        path = directory / f"{name}.proto"
        if text is None:
            path.unlink()
        else:
            path.write_text(text)
    for name, old, new in step.edits:
        path = directory / f"{name}.proto"
        text = path.read_text()
        if old not in text:
            raise SystemExit(f"{step.what}: {path.name} has no {old!r}")
        path.write_text(text.replace(old, new))


def main():
    """What a shell can read: the facts of step N, one a line; or the directory of protos as that step leaves it."""
    command, *arguments = sys.argv[1:]
    if command == "count":
        print(len(STEPS))
        return
    step = STEPS[int(arguments[0])]
    if command == "apply":
        apply(step, pathlib.Path(arguments[1]))
    else:
        value = getattr(step, command)
        print("\n".join(value) if isinstance(value, list) else value)


if __name__ == "__main__":
    main()
