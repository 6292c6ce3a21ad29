#include "tests/bench/load/requests.h"

#include "server/base/text.h"

namespace rowkeeper::bench {
namespace {

/// 2026-01-01T00:00:00Z, when the first to-do of a list is due.
constexpr int64_t kFirstDue = 1767225600;
constexpr int64_t kHour = 3600;

}  // namespace

::bench::v1::GetProfileByIdRequest GetProfile(Rows kind, uint64_t number) {
  ::bench::v1::GetProfileByIdRequest request;
  request.set_id(KeyOf(kind, number));
  return request;
}

::bench::v1::ListTodosByOwnerRequest ListByOwner(const std::string& owner, int page_size) {
  ::bench::v1::ListTodosByOwnerRequest request;
  request.set_owner_id(owner);
  request.set_page_size(page_size);
  return request;
}

::bench::v1::ListTodosByDateRangeRequest ListByDateRange(const std::string& owner, int first, int count) {
  ::bench::v1::ListTodosByDateRangeRequest request;
  request.set_owner_id(owner);
  request.mutable_start_time()->set_seconds(kFirstDue + first * kHour);
  request.mutable_end_time()->set_seconds(kFirstDue + (first + count) * kHour);
  request.set_page_size(count);
  request.set_order_by("due_at");
  return request;
}

::bench::v1::Todo NewTodo(uint64_t number) {
  ::bench::v1::Todo todo;
  todo.set_owner_id(KeyOf(Rows::kCreators, number % kCreators));
  todo.set_title("water the plants on the balcony");
  todo.set_notes("all of them, the small ones too");
  todo.set_status(::bench::v1::TODO_STATUS_OPEN);
  todo.mutable_due_at()->set_seconds(kFirstDue);
  todo.set_priority(static_cast<int>(number % 5) + 1);
  return todo;
}

::bench::v1::BatchCreateTodosRequest BatchCreate(uint64_t number, int rows) {
  ::bench::v1::BatchCreateTodosRequest request;
  for (int i = 0; i < rows; ++i) *request.add_todos() = NewTodo(number + static_cast<uint64_t>(i));
  return request;
}

::bench::v1::UpdateTodoRequest Update(uint64_t number, int64_t version) {
  ::bench::v1::UpdateTodoRequest request;
  ::bench::v1::Todo& todo = *request.mutable_todo();
  todo.set_id(KeyOf(Rows::kChanged, number));
  todo.set_title(Cat("water the plants, time ", version));
  todo.set_priority(static_cast<int>(version % 5) + 1);
  todo.set_version(version);
  request.mutable_update_mask()->add_paths("title");
  request.mutable_update_mask()->add_paths("priority");
  return request;
}

::bench::v1::ListProjectsRequest ListProjects(int page_size) {
  ::bench::v1::ListProjectsRequest request;
  request.set_page_size(page_size);
  for (const char* path : {"*", "owner.*", "tasks.*", "tasks.comments.*"}) request.mutable_read_mask()->add_paths(path);
  return request;
}

}  // namespace rowkeeper::bench
