#include "tests/bench/load/same.h"

#include <google/protobuf/text_format.h>
#include <grpcpp/client_context.h>

#include <cstdio>
#include <functional>
#include <memory>
#include <utility>

#include "absl/strings/str_split.h"
#include "bench/v1/profile.grpc.pb.h"
#include "bench/v1/project.grpc.pb.h"
#include "bench/v1/todo.grpc.pb.h"
#include "server/base/text.h"
#include "tests/bench/load/loop.h"
#include "tests/bench/load/requests.h"

namespace rowkeeper::bench {
namespace {

namespace v1 = ::bench::v1;

/// To-dos that no seat changes.
constexpr uint64_t kFirstOfSame = 1000 * 16;

struct Answer {
  std::string question;
  std::string text;
};

std::string TextOf(const grpc::Status& status, const google::protobuf::Message& response) {
  if (!status.ok()) return Cat("error ", int{status.error_code()});
  std::string text;
  google::protobuf::TextFormat::PrintToString(response, &text);
  return text;
}

/// UNKNOWN, UNIMPLEMENTED, INTERNAL, UNAVAILABLE: what servers that do not work have in common.
bool IsNoAnswer(const std::string& text) {
  for (const char* code : {"2", "12", "13", "14"}) {
    if (text == Cat("error ", code)) return true;
  }
  return false;
}

/// Leaves what differs from write to write only by whether it is there.
void Blur(v1::Todo* todo) {
  todo->set_id(todo->id().size() == 36 ? "a key" : Cat("no key: ", todo->id()));
  if (todo->created_at().seconds() > 1700000000) todo->mutable_created_at()->Clear();
  if (todo->updated_at().seconds() > 1700000000) todo->mutable_updated_at()->Clear();
  if (todo->deleted_at().seconds() > 1700000000) todo->mutable_deleted_at()->Clear();
}

/// Asks one server.
class Questions {
 public:
  Questions(const std::shared_ptr<grpc::Channel>& channel, uint64_t own_row)
      : profiles_(v1::ProfileRepository::NewStub(channel)),
        todos_(v1::TodoRepository::NewStub(channel)),
        projects_(v1::ProjectRepository::NewStub(channel)),
        own_row_(own_row) {}

  std::vector<Answer> Ask() {
    AskGets();
    AskLists();
    AskCreates();
    AskUpdates();
    AskDeletes();
    return std::move(answers_);
  }

 private:
  template <typename Stub, typename Request, typename Response>
  using Method = grpc::Status (Stub::*)(grpc::ClientContext*, const Request&, Response*);

  template <typename Stub, typename Request, typename Response>
  Response Ask(
      const std::string& question, Stub* stub, Method<Stub, Request, Response> method, const Request& request,
      const std::function<void(Response*)>& blur = [](Response*) {}) {
    grpc::ClientContext context;
    Response response;
    const grpc::Status status = (stub->*method)(&context, request, &response);
    Response blurred = response;
    if (status.ok()) blur(&blurred);
    answers_.push_back({question, TextOf(status, blurred)});
    return response;
  }

  void AskGets() {
    const auto get = [this](const std::string& question, const std::string& id) {
      v1::GetProfileByIdRequest request;
      request.set_id(id);
      Ask(question, profiles_.get(), &v1::ProfileRepository::Stub::GetById, request);
    };
    get("GetById", KeyOf(Rows::kProfiles, 7));
    get("GetById of a deleted row", KeyOf(Rows::kDeleted, 0));
    get("GetById of no row", KeyOf(Rows::kMissing, 7));
    get("GetById of what is no UUID", "seven");
  }

  void AskLists() {
    const std::string owner = KeyOf(Rows::kOwnersOfLists, 5000001);
    List("ListByOwner", ListByOwner(owner, 1000));
    List("ListByOwner, default page", ListByOwner(KeyOf(Rows::kOwnersOfLists, 10000001), 0));
    List("ListByOwner of nobody", ListByOwner(KeyOf(Rows::kMissing, 1), 10));
    List("ListByOwner, negative page", ListByOwner(owner, -1));
    List("ListByOwner beside deleted rows", ListByOwner(KeyOf(Rows::kOwnersOfDeleted, 5000001), 1000));
    auto request = ListByOwner(owner, 7);
    for (int page = 1; page <= 8; ++page) {
      request.set_page_token(List(Cat("ListByOwner, page ", page), request));
    }
    for (const int page_size : {10, 50}) {
      auto range = ListByDateRange(KeyOf(Rows::kOwnersOfLists, 100000003), 100, 50);
      range.set_page_size(page_size);
      for (int page = 1; page <= 50 / page_size; ++page) {
        range.set_page_token(Ask(Cat("ListByDateRange, page ", page, " of ", page_size), todos_.get(),
                                 &v1::TodoRepository::Stub::ListByDateRange, range, BlurToken())
                                 .next_page_token());
      }
    }
    Ask<v1::ProjectRepository::Stub, v1::ListProjectsRequest, v1::ListProjectsResponse>(
        "List of projects", projects_.get(), &v1::ProjectRepository::Stub::List, ListProjects(50),
        [](v1::ListProjectsResponse* response) {
          if (!response->next_page_token().empty()) response->set_next_page_token("there is more");
        });
  }

  static std::function<void(v1::ListTodosResponse*)> BlurToken() {
    return [](v1::ListTodosResponse* response) {
      if (!response->next_page_token().empty()) response->set_next_page_token("there is more");
    };
  }

  std::string List(const std::string& question, const v1::ListTodosByOwnerRequest& request) {
    return Ask(question, todos_.get(), &v1::TodoRepository::Stub::ListByOwner, request, BlurToken()).next_page_token();
  }

  void Create(const std::string& question, const std::function<void(v1::Todo*)>& change) {
    v1::CreateTodoRequest request;
    *request.mutable_todo() = NewTodo(1);
    change(request.mutable_todo());
    Ask<v1::TodoRepository::Stub, v1::CreateTodoRequest, v1::Todo>(question, todos_.get(),
                                                                   &v1::TodoRepository::Stub::Create, request, Blur);
  }

  void AskCreates() {
    Create("Create", [](v1::Todo*) {});
    Create("Create with defaults", [](v1::Todo* todo) {
      todo->clear_status();
      todo->clear_notes();
      todo->clear_due_at();
    });
    Create("Create of an owner who is not there", [](v1::Todo* todo) { todo->set_owner_id(KeyOf(Rows::kMissing, 1)); });
    Create("Create with a title of 201 characters", [](v1::Todo* todo) { todo->set_title(std::string(201, 'x')); });
    Create("Create of what is no owner", [](v1::Todo* todo) { todo->set_owner_id("me"); });
    Ask<v1::TodoRepository::Stub, v1::BatchCreateTodosRequest, v1::BatchCreateTodosResponse>(
        "BatchCreate", todos_.get(), &v1::TodoRepository::Stub::BatchCreate, BatchCreate(3, 12),
        [](v1::BatchCreateTodosResponse* response) {
          for (v1::Todo& todo : *response->mutable_todos()) Blur(&todo);
        });
  }

  void Update(const std::string& question, const v1::UpdateTodoRequest& request) {
    Ask<v1::TodoRepository::Stub, v1::UpdateTodoRequest, v1::Todo>(question, todos_.get(),
                                                                   &v1::TodoRepository::Stub::Update, request, Blur);
  }

  void AskUpdates() {
    v1::UpdateTodoRequest request = bench::Update(own_row_, 1);
    Update("Update", request);
    Update("Update of an old version", request);
    request.mutable_todo()->set_version(0);
    Update("Update of any version", request);
    request.mutable_todo()->set_version(3);
    for (const char* path : {"notes", "due_at", "status"}) request.mutable_update_mask()->add_paths(path);
    request.mutable_todo()->set_status(v1::TODO_STATUS_DONE);
    Update("Update of all fields", request);
    request.mutable_todo()->set_id(KeyOf(Rows::kMissing, 1));
    Update("Update of no row", request);
    request = bench::Update(own_row_, 4);
    request.clear_update_mask();
    Update("Update without a mask", request);
  }

  void AskDeletes() {
    v1::SoftDeleteTodoRequest doomed;
    doomed.set_id(KeyOf(Rows::kChanged, own_row_));
    v1::RestoreTodoRequest saved;
    saved.set_id(doomed.id());
    const auto remove = [&](const std::string& question) {
      Ask<v1::TodoRepository::Stub, v1::SoftDeleteTodoRequest, v1::Todo>(
          question, todos_.get(), &v1::TodoRepository::Stub::SoftDelete, doomed, Blur);
    };
    remove("SoftDelete");
    remove("SoftDelete of a deleted row");
    Update("Update of a deleted row", bench::Update(own_row_, 0));
    Ask<v1::TodoRepository::Stub, v1::RestoreTodoRequest, v1::Todo>("Restore", todos_.get(),
                                                                    &v1::TodoRepository::Stub::Restore, saved, Blur);
    doomed.set_id(KeyOf(Rows::kMissing, 1));
    remove("SoftDelete of no row");
  }

  const std::unique_ptr<v1::ProfileRepository::Stub> profiles_;
  const std::unique_ptr<v1::TodoRepository::Stub> todos_;
  const std::unique_ptr<v1::ProjectRepository::Stub> projects_;
  const uint64_t own_row_;
  std::vector<Answer> answers_;
};

}  // namespace

absl::Status CompareAnswers(const std::vector<std::string>& servers) {
  std::vector<Answer> first;
  std::string differences;
  for (size_t i = 0; i < servers.size(); ++i) {
    const std::vector<std::string> parts = absl::StrSplit(servers[i], absl::MaxSplits('=', 1));
    if (parts.size() != 2) return absl::InvalidArgumentError(Cat(servers[i], " is not NAME=ADDRESS"));
    const std::vector<Answer> answers = Questions(Connect(parts[1], 1)[0], kFirstOfSame + i).Ask();
    std::printf("%s: %d answers\n", parts[0].c_str(), static_cast<int>(answers.size()));
    if (i == 0) first = answers;
    for (size_t question = 0; question < answers.size(); ++question) {
      if (IsNoAnswer(answers[question].text)) {
        differences +=
            Cat(answers[question].question, ": ", parts[0], " gives no answer: ", answers[question].text, "\n");
      }
      if (answers[question].text == first[question].text) continue;
      differences += Cat(answers[question].question, ":\n--- ", servers[0], "\n", first[question].text, "--- ",
                         parts[0], "\n", answers[question].text, "\n");
    }
  }
  return differences.empty() ? absl::OkStatus() : absl::FailedPreconditionError(Cat("answers differ\n", differences));
}

}  // namespace rowkeeper::bench
