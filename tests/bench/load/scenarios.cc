#include "tests/bench/load/scenarios.h"

#include <algorithm>
#include <functional>
#include <map>
#include <random>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "rowkeeper/v1/unit_of_work.pb.h"
#include "server/base/text.h"
#include "tests/bench/load/pages.h"
#include "tests/bench/load/requests.h"

namespace rowkeeper::bench {
namespace {

constexpr char kGetProfile[] = "/bench.v1.ProfileRepository/GetById";
constexpr char kListByOwner[] = "/bench.v1.TodoRepository/ListByOwner";
constexpr char kListByDateRange[] = "/bench.v1.TodoRepository/ListByDateRange";
constexpr char kCreate[] = "/bench.v1.TodoRepository/Create";
constexpr char kUpdate[] = "/bench.v1.TodoRepository/Update";
constexpr char kSoftDelete[] = "/bench.v1.TodoRepository/SoftDelete";
constexpr char kRestore[] = "/bench.v1.TodoRepository/Restore";
constexpr char kBatchCreate[] = "/bench.v1.TodoRepository/BatchCreate";
constexpr char kListProjects[] = "/bench.v1.ProjectRepository/List";
constexpr char kBegin[] = "/rowkeeper.v1.UnitOfWork/Begin";
constexpr char kCommit[] = "/rowkeeper.v1.UnitOfWork/Commit";
constexpr char kRun[] = "/rowkeeper.v1.UnitOfWork/Run";
constexpr char kEmpty[] = "/rowkeeper.bench.Empty/Call";
constexpr uint64_t kHotRows = 100;

/// Spreads consecutive numbers over `size`, the same way in every run.
uint64_t Scatter(uint64_t number, uint64_t size) { return number * 2654435761u % size; }

/// The operation that `number` of a scenario's name asks for.
using Maker = std::function<Scenario(int number, const ScenarioOptions& options)>;

Scenario Plain(Operation operation, int rows = 1) {
  Scenario scenario;
  scenario.load.operations = {std::move(operation)};
  scenario.rows_per_operation = rows;
  return scenario;
}

Step GetStep(uint64_t rows, uint64_t of) {
  return {kGetProfile, [rows, of](const Seat& seat) {
            return GetProfile(Rows::kProfiles, Scatter(seat.operation, of) * (rows / of)).SerializeAsString();
          }};
}

Step MissingStep() {
  Step step{kGetProfile,
            [](const Seat& seat) { return GetProfile(Rows::kMissing, seat.operation).SerializeAsString(); }};
  step.expected = grpc::StatusCode::NOT_FOUND;
  return step;
}

/// Of a catalogue that rowkeeper_wide has written, whose tables are empty.
Step WideStep() {
  Step step{"/wide.v1.Item0000Repository/GetById", [](const Seat& seat) {
              return GetProfile(Rows::kMissing, seat.operation).SerializeAsString();  // field 1 is the key there, too
            }};
  step.expected = grpc::StatusCode::NOT_FOUND;
  return step;
}

Step ListStep(Rows owners, int number, int page_size) {
  return {kListByOwner, [=](const Seat& seat) {
            const uint64_t owner = static_cast<uint64_t>(number) * 100000 + seat.operation % kOwnersOfLists;
            return ListByOwner(KeyOf(owners, owner), page_size).SerializeAsString();
          }};
}

Step DateRangeStep(int rows) {
  return {kListByDateRange, [rows](const Seat& seat) {
            const std::string owner = KeyOf(Rows::kOwnersOfLists, 100000000 + seat.operation % kOwnersOfLists);
            const int first = static_cast<int>(Scatter(seat.operation, static_cast<uint64_t>(1001 - rows)));
            return ListByDateRange(owner, first, rows).SerializeAsString();
          }};
}

Step CreateStep() {
  return {kCreate, [](const Seat& seat) { return CreateTodoRequestBytes(seat.operation); }};
}

Step KeyedCreateStep() {
  Step step = CreateStep();
  const std::string run = std::to_string(std::random_device()());
  step.headers = [run](const Seat& seat, grpc::ClientContext* context) {
    context->AddMetadata("idempotency-key", Cat("bench-", run, "-", seat.operation));
  };
  return step;
}

Step FailingCreateStep() {
  Step step{kCreate, [](const Seat& seat) {
              ::bench::v1::CreateTodoRequest request;
              *request.mutable_todo() = NewTodo(seat.operation);
              request.mutable_todo()->set_owner_id(KeyOf(Rows::kMissing, seat.operation));
              return request.SerializeAsString();
            }};
  step.expected = grpc::StatusCode::FAILED_PRECONDITION;
  return step;
}

uint64_t ChangedRow(const Seat& seat) {
  return static_cast<uint64_t>(seat.number) * Seat::kRows + static_cast<uint64_t>(seat.row());
}

void KeepVersion(const std::string& response, Seat* seat) {
  ::bench::v1::Todo todo;
  if (todo.ParseFromString(response)) seat->versions[static_cast<size_t>(seat->row())] = todo.version();
}

Step UpdateStep() {
  return {kUpdate,
          [](const Seat& seat) {
            return Update(ChangedRow(seat), seat.versions[static_cast<size_t>(seat.row())]).SerializeAsString();
          },
          KeepVersion};
}

Operation SoftDeleteAndRestore() {
  const auto key = [](const Seat& seat) {
    ::bench::v1::SoftDeleteTodoRequest request;
    request.set_id(KeyOf(Rows::kChanged, ChangedRow(seat)));
    return request.SerializeAsString();  // Restore's request is the same
  };
  return {{kSoftDelete, key}, {kRestore, key}};
}

Operation Unit(const Step& step, int statements) {
  Operation unit;
  unit.push_back({kBegin, [](const Seat&) { return std::string(); },
                  [](const std::string& response, Seat* seat) {
                    rowkeeper::v1::BeginResponse begun;
                    if (begun.ParseFromString(response)) seat->handle = begun.handle();
                  }});
  unit.insert(unit.end(), static_cast<size_t>(statements), step);
  unit.push_back({kCommit, [](const Seat& seat) {
                    rowkeeper::v1::CommitRequest request;
                    request.set_handle(seat.handle);
                    return request.SerializeAsString();
                  }});
  return unit;
}

Step RunStep(int calls) {
  return {kRun, [calls](const Seat& seat) {
            rowkeeper::v1::RunRequest request;
            for (int i = 0; i < calls; ++i) {
              auto* call = request.add_calls();
              call->set_method("bench.v1.TodoRepository.Create");
              call->mutable_request()->set_type_url("type.googleapis.com/bench.v1.CreateTodoRequest");
              call->mutable_request()->set_value(CreateTodoRequestBytes(seat.operation + static_cast<uint64_t>(i)));
            }
            return request.SerializeAsString();
          }};
}

Step EmptyStep(const ScenarioOptions& options) {
  // It answers as many bytes as the request's digits say.
  std::string request = std::to_string(options.response_bytes);
  request.resize(std::max(request.size(), options.request_bytes), ' ');
  return {kEmpty, [request](const Seat&) { return request; }};
}

/// `share` of the operations are `rare`.
Scenario Mix(Operation common, Operation rare, uint64_t one_in) {
  Scenario scenario;
  scenario.load.operations = {std::move(common), std::move(rare)};
  scenario.load.choose = [one_in](uint64_t operation) -> size_t { return operation % one_in == 0 ? 1 : 0; };
  return scenario;
}

struct Entry {
  /// Of the number in the name; 0 to 0: the name has none.
  int least;
  int most;
  Maker make;
};

const std::map<std::string, Entry>& Entries() {
  static const auto& entries = *new std::map<std::string, Entry>{
      {"empty", {0, 0, [](int, const ScenarioOptions& o) { return Plain({EmptyStep(o)}); }}},
      {"get_by_id", {0, 0, [](int, const ScenarioOptions& o) { return Plain({GetStep(o.rows, o.rows)}); }}},
      {"get_hot", {0, 0, [](int, const ScenarioOptions& o) { return Plain({GetStep(o.rows, kHotRows)}); }}},
      {"get_missing", {0, 0, [](int, const ScenarioOptions&) { return Plain({MissingStep()}); }}},
      {"wide_get", {0, 0, [](int, const ScenarioOptions&) { return Plain({WideStep()}); }}},
      {"list_by_owner",
       {1, 1000,
        [](int rows, const ScenarioOptions&) { return Plain({ListStep(Rows::kOwnersOfLists, rows, 1000)}, rows); }}},
      {"list_by_date_range",
       {1, 1000, [](int rows, const ScenarioOptions&) { return Plain({DateRangeStep(rows)}, rows); }}},
      {"list_beside_deleted",
       {0, 99,
        [](int percent, const ScenarioOptions&) {
          return Plain({ListStep(Rows::kOwnersOfDeleted, percent, 1000)}, 50);
        }}},
      {"create", {0, 0, [](int, const ScenarioOptions&) { return Plain({CreateStep()}); }}},
      {"keyed_create", {0, 0, [](int, const ScenarioOptions&) { return Plain({KeyedCreateStep()}); }}},
      {"update", {0, 0, [](int, const ScenarioOptions&) { return Plain({UpdateStep()}); }}},
      {"soft_delete_restore", {0, 0, [](int, const ScenarioOptions&) { return Plain(SoftDeleteAndRestore()); }}},
      {"batch_create",
       {1, 1000,
        [](int rows, const ScenarioOptions&) {
          return Plain({{kBatchCreate,
                         [rows](const Seat& seat) { return BatchCreate(seat.operation, rows).SerializeAsString(); }}},
                       rows);
        }}},
      {"unit", {1, 100, [](int n, const ScenarioOptions&) { return Plain(Unit(CreateStep(), n), n); }}},
      {"read_unit",
       {1, 100, [](int n, const ScenarioOptions& o) { return Plain(Unit(GetStep(o.rows, o.rows), n), n); }}},
      {"run", {1, 100, [](int n, const ScenarioOptions&) { return Plain({RunStep(n)}, n); }}},
      {"relations",
       {1, 1000,
        [](int projects, const ScenarioOptions&) {
          return Plain(
              {{kListProjects, [projects](const Seat&) { return ListProjects(projects).SerializeAsString(); }}},
              projects);
        }}},
      {"mix_90_10",
       {0, 0, [](int, const ScenarioOptions& o) { return Mix({GetStep(o.rows, o.rows)}, {CreateStep()}, 10); }}},
      {"create_1_percent_failing",
       {0, 0, [](int, const ScenarioOptions&) { return Mix({CreateStep()}, {FailingCreateStep()}, 100); }}},
  };
  return entries;
}

/// Page `depth` of the long list, found by turning all pages before it.
absl::StatusOr<Scenario> Page(int depth, const Channels& channels) {
  constexpr int kPageSize = 10;
  const auto token = TokenOfPage(channels[0], KeyOf(Rows::kOwnerOfPages, 0), kPageSize, depth);
  if (!token.ok()) return token.status();
  ::bench::v1::ListTodosByOwnerRequest request = ListByOwner(KeyOf(Rows::kOwnerOfPages, 0), kPageSize);
  request.set_page_token(*token);
  return Plain({{kListByOwner, [bytes = request.SerializeAsString()](const Seat&) { return bytes; }}}, kPageSize);
}

}  // namespace

std::string CreateTodoRequestBytes(uint64_t number) {
  ::bench::v1::CreateTodoRequest request;
  *request.mutable_todo() = NewTodo(number);
  return request.SerializeAsString();
}

std::vector<std::string> ScenarioNames() {
  std::vector<std::string> names = {"import:ROWS", "page:DEPTH"};
  for (const auto& [name, entry] : Entries()) names.push_back(entry.most == 0 ? name : Cat(name, ":N"));
  return names;
}

absl::StatusOr<Scenario> MakeScenario(const std::string& name, const ScenarioOptions& options,
                                      const Channels& channels) {
  const std::vector<std::string> parts = absl::StrSplit(name, absl::MaxSplits(':', 1));
  int number = 0;
  if (parts.size() == 2 && !absl::SimpleAtoi(parts[1], &number)) {
    return absl::InvalidArgumentError(Cat(name, ": what follows the colon is no number"));
  }
  if (parts[0] == "page" && number >= 1) return Page(number, channels);
  const auto entry = Entries().find(parts[0]);
  if (entry == Entries().end()) return absl::InvalidArgumentError(Cat("there is no scenario ", name));
  if (number < entry->second.least || number > entry->second.most) {
    return absl::InvalidArgumentError(
        Cat(name, ": the number must be ", entry->second.least, " to ", entry->second.most));
  }
  return entry->second.make(number, options);
}

}  // namespace rowkeeper::bench
