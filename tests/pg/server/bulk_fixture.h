#pragma once

#include <string>
#include <vector>

#include "tests/pg/server/server_fixture.h"

namespace rowkeeper::testing {

/// An owner with three open to-dos and two that are done.
class BulkTest : public PlannerTest {
 protected:
  void SetUp() override {
    PlannerTest::SetUp();
    owner_ = NewProfile();
    for (int i = 0; i < 5; ++i) {
      todos_.push_back(
          NewTodo(owner_, {{"title", Cat("todo ", i)}, {"status", i < 3 ? "TODO_STATUS_OPEN" : "TODO_STATUS_DONE"}})
              .value("id", ""));
    }
  }

  std::string State() const {
    return server().database().Value(
        "SELECT string_agg(concat_ws(' ', title, status, priority, version, deleted_at), ';' ORDER BY title) "
        "FROM todos WHERE owner_id = '" +
        owner_ + "'");
  }
  std::string Where(const std::string& condition) const {
    return Count("todos WHERE owner_id = '" + owner_ + "' AND " + condition);
  }
  /// An update of the priority of rows that match.
  Json Update(const Json& filters, int priority = 9) const {
    Json request = {{"todo", {{"priority", priority}}}, {"update_mask", "priority"}};
    request.update(filters);
    return request;
  }
  void Delete(const std::string& title, const std::string& age) const {
    server().database().Run("UPDATE todos SET deleted_at = now() - interval '" + age + "' WHERE owner_id = '" + owner_ +
                            "' AND title = '" + title + "'");
  }

  std::string owner_;
  std::vector<std::string> todos_;
};

}  // namespace rowkeeper::testing
