#include "server/schema/declared_use.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/random_catalogue.h"
#include "tests/support/tenant_catalogue.h"

/// Who relies on what goes, by what servers have declared and by the comments of the tables.
namespace rowkeeper::schema {
namespace {

using nlohmann::json;

Departure Going(Departure::Kind kind, const std::string& table, const std::string& column = "",
                const std::string& type = "") {
  Departure departure;
  departure.kind = kind;
  departure.table = table;
  departure.column = column;
  departure.type = type;
  return departure;
}

bool ReliesOn(const json& use, const Departure& departure, std::vector<MarkedTable> tables = {}) {
  const MarkedTables marked(std::move(tables));
  return Reliance(use, marked).On(departure);
}

Departure Renamed(const std::string& table, const std::string& column = "") {
  Departure departure = Going(column.empty() ? Departure::Kind::kTable : Departure::Kind::kColumn, table, column);
  departure.renamed = true;
  return departure;
}

/// Of tables alone, by their columns: whether these may be NULL. All are texts.
json Use(const std::map<std::string, std::map<std::string, bool>>& tables) {
  json use = {{"tables", json::object()}, {"queries", json::array()}};
  for (const auto& [table, columns] : tables) {
    use["tables"][table] = json::object();
    for (const auto& [name, nullable] : columns) {
      use["tables"][table][name] = {{"default", name == "kind"}, {"null", nullable}, {"type", "text"}};
    }
  }
  return use;
}

TEST(DeclaredUseTest, SaysWhoCountsOnWhatGoes) {
  const json use = Use({{"todos", {{"id", false}, {"note", true}}}, {"app.users", {{"id", false}}}});
  EXPECT_TRUE(ReliesOn(use, Going(Departure::Kind::kColumn, "todos", "note")));
  EXPECT_TRUE(ReliesOn(use, Going(Departure::Kind::kColumn, "public.todos", "note"))) << "todos may be in public";
  EXPECT_TRUE(ReliesOn(use, Going(Departure::Kind::kColumn, "users", "id")));
  EXPECT_FALSE(ReliesOn(use, Going(Departure::Kind::kColumn, "other.users", "id")));
  EXPECT_FALSE(ReliesOn(use, Going(Departure::Kind::kColumn, "todos", "title")));
  EXPECT_TRUE(ReliesOn(use, Going(Departure::Kind::kTable, "todos")));
  EXPECT_FALSE(ReliesOn(use, Going(Departure::Kind::kTable, "notes")));
  EXPECT_TRUE(ReliesOn(use, Going(Departure::Kind::kSchema, "app")));
  EXPECT_FALSE(ReliesOn(use, Going(Departure::Kind::kSchema, "todos")));
  EXPECT_TRUE(ReliesOn(use, Going(Departure::Kind::kType, "todos", "id"))) << "which type it gets is not known";
  EXPECT_TRUE(ReliesOn(use, Going(Departure::Kind::kType, "todos", "id", "bigint")));
  EXPECT_FALSE(ReliesOn(use, Going(Departure::Kind::kType, "todos", "id", "text"))) << "that is what it has";
  EXPECT_FALSE(ReliesOn(use, Going(Departure::Kind::kType, "todos", "title", "bigint")));
}

TEST(DeclaredUseTest, CustomQueriesRelyOnWhatTheyName) {
  const json use = {{"tables", json::object()},
                    {"queries", {{"from", "id", "select", "todos"}, {"insert", "into", "logs", "note"}}}};
  EXPECT_TRUE(ReliesOn(use, Going(Departure::Kind::kTable, "todos")));
  EXPECT_TRUE(ReliesOn(use, Going(Departure::Kind::kColumn, "public.todos", "id")));
  EXPECT_FALSE(ReliesOn(use, Going(Departure::Kind::kColumn, "todos", "note"))) << "of another query";
  EXPECT_FALSE(ReliesOn(use, Going(Departure::Kind::kRequired, "todos", "kind"))) << "it only reads";
  EXPECT_TRUE(ReliesOn(use, Going(Departure::Kind::kRequired, "logs", "kind")));
  EXPECT_FALSE(ReliesOn(use, Going(Departure::Kind::kRequired, "logs", "note")));
}

TEST(DeclaredUseTest, SaysWhoWritesWhatIsNotTakenAnyMore) {
  const json use = Use({{"todos", {{"id", false}, {"note", true}}}});
  EXPECT_TRUE(ReliesOn(use, Going(Departure::Kind::kNull, "todos", "note")));
  EXPECT_FALSE(ReliesOn(use, Going(Departure::Kind::kNull, "todos", "id")));
  EXPECT_TRUE(ReliesOn(use, Going(Departure::Kind::kNull, "todos", "unknown"))) << "it is left out";
  EXPECT_TRUE(ReliesOn(use, Going(Departure::Kind::kRequired, "todos", "kind")));
  EXPECT_FALSE(ReliesOn(use, Going(Departure::Kind::kRequired, "todos", "note")));
  EXPECT_FALSE(ReliesOn(use, Going(Departure::Kind::kRequired, "notes", "kind")));
  EXPECT_TRUE(ReliesOn(use, Going(Departure::Kind::kNoDefault, "todos", "other")));
  EXPECT_FALSE(ReliesOn(use, Going(Departure::Kind::kNoDefault, "todos", "note")));
  const json with_default = Use({{"todos", {{"kind", false}}}});
  EXPECT_TRUE(ReliesOn(with_default, Going(Departure::Kind::kNoDefault, "todos", "kind")));
  EXPECT_FALSE(ReliesOn(with_default, Going(Departure::Kind::kDefault, "todos", "kind")));
}

TEST(DeclaredUseTest, SaysWhoDoesNotReadOrWriteWhatComes) {
  const json use = Use({{"todos", {{"id", false}, {"note", true}}}});
  EXPECT_TRUE(ReliesOn(use, Going(Departure::Kind::kNullable, "todos", "id")));
  EXPECT_FALSE(ReliesOn(use, Going(Departure::Kind::kNullable, "todos", "note")));
  EXPECT_FALSE(ReliesOn(use, Going(Departure::Kind::kNullable, "todos", "other")));
  EXPECT_TRUE(ReliesOn(use, Going(Departure::Kind::kDefault, "todos", "id")));
  EXPECT_FALSE(ReliesOn(use, Going(Departure::Kind::kDefault, "todos", "note")));
  EXPECT_FALSE(ReliesOn(use, Going(Departure::Kind::kDefault, "todos", "other")));
}

/// A server that serves the message of the table.
json UseOfTodo() {
  json use = Use({{"todos", {{"id", false}, {"title", true}}}});
  use["messages"]["shop.v1.Todo"] = {{"table", "todos"}, {"fields", {{"1", "id"}, {"3", "title"}}}};
  return use;
}

std::vector<MarkedTable> TodosWith(const std::string& column, const std::string& number) {
  return {{"public.todos", "shop.v1.Todo", {{"id", "1"}, {column, number}}}, {"public.notes", "shop.v1.Note", {}}};
}

TEST(DeclaredUseTest, WhoFindsTheNewNameDoesNotMissTheOldOne) {
  const std::vector<MarkedTable> marked = TodosWith("title", "3");
  EXPECT_FALSE(ReliesOn(UseOfTodo(), Renamed("todos", "title"), marked));
  EXPECT_FALSE(ReliesOn(UseOfTodo(), Renamed("public.todos"), marked));
  EXPECT_TRUE(ReliesOn(UseOfTodo(), Going(Departure::Kind::kColumn, "todos", "title"), marked)) << "it goes";
  EXPECT_TRUE(ReliesOn(UseOfTodo(), Renamed("todos", "title"))) << "no comment says whose the table is";
  EXPECT_TRUE(ReliesOn(UseOfTodo(), Renamed("todos", "title"), {{"public.todos", "shop.v1.Todo", {}}}));
  EXPECT_TRUE(ReliesOn(UseOfTodo(), Renamed("todos", "title"), {{"public.todos", "shop.v1.Other", {{"title", "3"}}}}));
  std::vector<MarkedTable> twice = TodosWith("title", "3");
  twice[0].identities["heading"] = "3";
  EXPECT_TRUE(ReliesOn(UseOfTodo(), Renamed("todos", "title"), twice)) << "which of both it is";
  EXPECT_FALSE(ReliesOn(UseOfTodo(), Renamed("todos"), twice));
  twice.push_back({"old.todos", "shop.v1.Todo", {}});
  EXPECT_TRUE(ReliesOn(UseOfTodo(), Renamed("public.todos"), twice)) << "which of both it is";
}

TEST(DeclaredUseTest, WhoDoesNotFindTheNewNameMissesTheOldOne) {
  const std::vector<MarkedTable> marked = TodosWith("title", "3");
  json use = UseOfTodo();
  use.erase("messages");
  EXPECT_TRUE(ReliesOn(use, Renamed("todos", "title"), marked));
  for (const json& strange : {json(3), json({{"shop.v1.Todo", 3}}), json({{"shop.v1.Todo", {{"table", 3}}}})}) {
    use["messages"] = strange;
    EXPECT_TRUE(ReliesOn(use, Renamed("todos", "title"), marked)) << strange;
  }
  use = UseOfTodo();
  use["messages"]["shop.v2.Todo"] = use["messages"]["shop.v1.Todo"];
  EXPECT_TRUE(ReliesOn(use, Renamed("todos", "title"), marked)) << "that message knows it by its name";
  use = UseOfTodo();
  use["queries"] = {{"select", "title", "todos"}};
  EXPECT_TRUE(ReliesOn(use, Renamed("todos", "title"), marked)) << "nobody writes its query anew";
}

TEST(DeclaredUseTest, WhoHasFollowedARenameReliesOnTheNewName) {
  const std::vector<MarkedTable> marked = {
      {"public.tasks", "shop.v1.Todo", {{"id", "1"}, {"headline", "3"}, {"more", "4"}}}};
  EXPECT_TRUE(ReliesOn(UseOfTodo(), Going(Departure::Kind::kColumn, "tasks", "headline"), marked));
  EXPECT_TRUE(ReliesOn(UseOfTodo(), Going(Departure::Kind::kNull, "tasks", "headline"), marked));
  EXPECT_TRUE(ReliesOn(UseOfTodo(), Going(Departure::Kind::kNull, "tasks", "more"), marked)) << "it leaves it out";
  EXPECT_TRUE(ReliesOn(UseOfTodo(), Going(Departure::Kind::kTable, "tasks"), marked));
  EXPECT_FALSE(ReliesOn(UseOfTodo(), Going(Departure::Kind::kColumn, "tasks", "more"), marked));
  EXPECT_FALSE(ReliesOn(UseOfTodo(), Renamed("tasks", "headline"), marked)) << "it follows again";
  EXPECT_FALSE(ReliesOn(UseOfTodo(), Going(Departure::Kind::kColumn, "tasks", "headline"))) << "it is not its table";
}

Departure Named(const std::string& table, const std::string& column, const std::string& from = "") {
  Departure departure = Going(Departure::Kind::kName, table, column);
  departure.from = from;
  return departure;
}

Departure Commented(const std::string& table, const std::string& column, const std::string& identity) {
  Departure departure = Going(Departure::Kind::kComment, table, column);
  departure.identity = identity;
  return departure;
}

TEST(DeclaredUseTest, WhoHasFollowedARenameMayNotMeetTheOldNameAgain) {
  const std::vector<MarkedTable> followed = TodosWith("headline", "3");
  EXPECT_TRUE(ReliesOn(UseOfTodo(), Named("todos", "title"), followed));
  EXPECT_TRUE(ReliesOn(UseOfTodo(), Named("todos", "title", "id"), followed));
  EXPECT_FALSE(ReliesOn(UseOfTodo(), Named("todos", "title", "headline"), followed)) << "it gets its name back";
  EXPECT_FALSE(ReliesOn(UseOfTodo(), Named("todos", "subtitle"), followed));
  EXPECT_FALSE(ReliesOn(json(kUsesEverything), Named("todos", "title"), followed)) << "or nothing could be added";
  EXPECT_FALSE(ReliesOn(UseOfTodo(), Named("todos", "title"), {{"public.todos", "shop.v1.Todo", {{"id", "1"}}}}))
      << "it waits for it";
  const std::vector<MarkedTable> moved = {{"public.tasks", "shop.v1.Todo", {{"id", "1"}, {"title", "3"}}}};
  EXPECT_TRUE(ReliesOn(UseOfTodo(), Named("todos", ""), moved));
  EXPECT_TRUE(ReliesOn(UseOfTodo(), Named("public.todos", "", "notes"), moved));
  EXPECT_FALSE(ReliesOn(UseOfTodo(), Named("todos", "", "tasks"), moved)) << "it gets its name back";
  EXPECT_FALSE(ReliesOn(UseOfTodo(), Named("todos", ""), followed));
}

TEST(DeclaredUseTest, CommentsTakeAwayByWhatTheySay) {
  const std::vector<MarkedTable> as_declared = TodosWith("title", "3"), followed = TodosWith("headline", "3");
  EXPECT_TRUE(ReliesOn(UseOfTodo(), Commented("todos", "title", "9"), as_declared));
  EXPECT_TRUE(ReliesOn(UseOfTodo(), Commented("todos", "title", "none"), as_declared));
  EXPECT_FALSE(ReliesOn(UseOfTodo(), Commented("todos", "title", "3"), as_declared)) << "it has it";
  EXPECT_FALSE(ReliesOn(UseOfTodo(), Commented("todos", "title", ""), as_declared)) << "it has the name";
  EXPECT_FALSE(ReliesOn(UseOfTodo(), Commented("todos", "extra", "9"), as_declared));
  EXPECT_FALSE(ReliesOn(UseOfTodo(), Commented("todos", "extra", "3"), as_declared)) << "the other has the name, too";
  EXPECT_TRUE(ReliesOn(UseOfTodo(), Commented("todos", "headline", ""), followed));
  EXPECT_TRUE(ReliesOn(UseOfTodo(), Commented("todos", "extra", "3"), followed)) << "which of both it is";
  EXPECT_FALSE(ReliesOn(UseOfTodo(), Commented("todos", "headline", "3"), followed));
  EXPECT_TRUE(ReliesOn(UseOfTodo(), Commented("todos", "headline", "3"), TodosWith("title", "")))
      << "the one with the name has no number";
  EXPECT_FALSE(ReliesOn(UseOfTodo(), Commented("todos", "title", "3"), TodosWith("title", "")));
  EXPECT_TRUE(ReliesOn(UseOfTodo(), Commented("todos", "title", "9"), TodosWith("title", "")));
}

TEST(DeclaredUseTest, CommentsOfTablesTakeAwayWhatWasFoundByThem) {
  const std::vector<MarkedTable> as_declared = TodosWith("title", "3"), followed = TodosWith("headline", "3");
  const std::vector<MarkedTable> moved = {{"public.tasks", "shop.v1.Todo", {}}};
  EXPECT_FALSE(ReliesOn(UseOfTodo(), Commented("todos", "", ""), as_declared)) << "names are as declared";
  EXPECT_TRUE(ReliesOn(UseOfTodo(), Commented("todos", "", ""), followed));
  EXPECT_TRUE(ReliesOn(UseOfTodo(), Commented("todos", "", "shop.v2.Todo"), followed));
  EXPECT_FALSE(ReliesOn(UseOfTodo(), Commented("todos", "", "shop.v1.Todo"), followed)) << "it has it";
  EXPECT_TRUE(ReliesOn(UseOfTodo(), Commented("tasks", "", "shop.v1.Tasks"), moved));
  EXPECT_TRUE(ReliesOn(UseOfTodo(), Commented("copy", "", "shop.v1.Todo"), moved)) << "which of both it is";
  EXPECT_FALSE(ReliesOn(UseOfTodo(), Commented("copy", "", "shop.v1.Todo"), as_declared)) << "one has the name, too";
  EXPECT_FALSE(ReliesOn(UseOfTodo(), Commented("todos", "", "shop.v1.Todo"))) << "it waits for it";
  json both = UseOfTodo();
  both["messages"]["shop.v1.Note"] = {{"table", "notes"}, {"fields", json::object()}};
  EXPECT_TRUE(ReliesOn(both, Commented("todos", "", "shop.v1.Note"), as_declared)) << "its table is another's then";
}

TEST(DeclaredUseTest, WhatIsRenamedIsFoundByTheCommentsThatTheFileLeaves) {
  const auto relies = [](const Departure& departure, const GivenComment& given) {
    Departure with_comment = departure;
    with_comment.comments = std::make_shared<const std::vector<GivenComment>>(1, given);
    return ReliesOn(UseOfTodo(), with_comment, TodosWith("title", "3"));
  };
  const Departure column = Renamed("todos", "title"), table = Renamed("todos");
  EXPECT_TRUE(relies(column, {"todos", "title", "9"}));
  EXPECT_TRUE(relies(column, {"todos", "title", ""}));
  EXPECT_TRUE(relies(column, {"public.todos", "extra", "3"}));
  EXPECT_TRUE(relies(column, {"todos", "", "shop.v2.Todo"})) << "numbers are of another message";
  EXPECT_TRUE(relies(table, {"todos", "", ""}));
  EXPECT_TRUE(relies(table, {"copy", "", "shop.v1.Todo"}));
  EXPECT_FALSE(relies(column, {"todos", "title", "3"}));
  EXPECT_FALSE(relies(column, {"todos", "extra", "9"}));
  EXPECT_FALSE(relies(column, {"notes", "title", "9"}));
  EXPECT_FALSE(relies(table, {"todos", "title", "9"}));
  EXPECT_FALSE(relies(table, {"todos", "", "shop.v1.Todo"}));
}

TEST(DeclaredUseTest, ATableOfTheSameNameInAnotherSchemaMayBeFoundInsteadOfARenamedOne) {
  std::vector<MarkedTable> both = TodosWith("title", "3");
  both.push_back({"app.todos", "", {{"id", ""}}});
  EXPECT_TRUE(ReliesOn(UseOfTodo(), Renamed("public.todos"), both));
  EXPECT_FALSE(ReliesOn(UseOfTodo(), Renamed("public.todos", "title"), both));
}

TEST(DeclaredUseTest, WhoIsServedByTheNewTypeDoesNotMissTheOldOne) {
  const auto relies = [](const std::string& declared, const std::string& now) {
    json use = Use({{"todos", {{"a", false}}}});
    use["tables"]["todos"]["a"]["type"] = declared;
    return ReliesOn(use, Going(Departure::Kind::kType, "todos", "a", now));
  };
  EXPECT_FALSE(relies("character varying(60)", "character varying(100)"));
  EXPECT_FALSE(relies("character varying(60)", "text"));
  EXPECT_FALSE(relies("numeric(10,2)", "numeric(12,3)"));
  EXPECT_FALSE(relies("state", "state"));
  EXPECT_FALSE(relies("character varying(60)", "character varying")) << "without a limit";
  EXPECT_FALSE(relies("numeric(10,2)", "numeric"));
  EXPECT_TRUE(relies("character varying(60)", "character varying(59)"));
  EXPECT_TRUE(relies("text", "character varying(100)"));
  EXPECT_TRUE(relies("numeric(10,2)", "numeric(10,3)")) << "a digit less before the point";
  EXPECT_TRUE(relies("numeric(20,0)", "numeric(22,0)")) << "an uint64 may not hold what is returned";
  EXPECT_TRUE(relies("integer", "bigint"));
  EXPECT_TRUE(relies("text[]", "character varying(10)[]"));
  EXPECT_TRUE(relies("character varying(10)[]", "text[]"));
}

TEST(DeclaredUseTest, WhoUsesEverythingOrCannotBeReadReliesOnAll) {
  const json no_tables = {{"queries", json::array()}}, no_queries = {{"tables", json::object()}};
  for (const json& use : {json(kUsesEverything), json(), json(3), json::array(), no_tables, no_queries}) {
    EXPECT_TRUE(ReliesOn(use, Going(Departure::Kind::kColumn, "todos", "note"))) << use;
  }
  const json strange = {{"queries", {3, nullptr}}, {"tables", {{"todos", {{"title", 3}}}, {"notes", 3}}}};
  EXPECT_FALSE(ReliesOn(strange, Going(Departure::Kind::kColumn, "todos", "note")));
}

TEST(DeclaredUseTest, WhoHasTenantsFollowsNoName) {
  const auto catalogue = testing::CompileExample("planner/v1");
  const auto of_tenants = testing::WithTenants(*catalogue);
  EXPECT_TRUE(DeclaredUse(*catalogue)["messages"].contains("planner.v1.Todo"));
  EXPECT_TRUE(DeclaredUse(*of_tenants)["messages"].empty());
  EXPECT_TRUE(DeclaredUse(*of_tenants)["tables"].contains("todos"));
}

}  // namespace
}  // namespace rowkeeper::schema
