#pragma once

#include <cstdint>
#include <string>

#include "bench/v1/project.pb.h"
#include "bench/v1/todo.pb.h"
#include "tests/bench/load/rows.h"

/// The messages that the benchmark sends.
namespace rowkeeper::bench {

::bench::v1::GetProfileByIdRequest GetProfile(Rows kind, uint64_t number);
::bench::v1::ListTodosByOwnerRequest ListByOwner(const std::string& owner, int page_size);
/// `count` to-dos of an owner of a list, from the `first` on: they are due an hour apart.
::bench::v1::ListTodosByDateRangeRequest ListByDateRange(const std::string& owner, int first, int count);
/// The to-do that creator `number % kCreators` creates.
::bench::v1::Todo NewTodo(uint64_t number);
::bench::v1::BatchCreateTodosRequest BatchCreate(uint64_t number, int rows);
::bench::v1::UpdateTodoRequest Update(uint64_t number, int64_t version);
::bench::v1::ListProjectsRequest ListProjects(int page_size);

}  // namespace rowkeeper::bench
