#include "server/sql/live_names.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_replace.h"
#include "server/base/text.h"
#include "server/plan/method_plan.h"
#include "server/sql/ddl.h"
#include "server/sql/declared_by.h"
#include "server/sql/identifier.h"
#include "server/sql/variants.h"
#include "tests/support/random_catalogue.h"

namespace rowkeeper::sql {
namespace {

using catalogue::Entity;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kItem[] = R"(syntax = "proto3";
package shop.v1;
import "rowkeeper/v1/annotations.proto";
message Item {
  option (rowkeeper.v1.entity) = {table: "items"};
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
  string title = 2;
  string notes = 3;
}
)";

/// What statements about items name after the database has said what it has.
class LiveNamesTest : public ::testing::Test {
 protected:
  /// Names and what stands behind `proto:` in their comments; empty: they have none.
  using Columns = std::vector<std::pair<std::string, std::string>>;

  const Entity& item() const { return *catalogue_->FindEntity("shop.v1.Item"); }
  std::string Title() const { return names_.Of(item().columns[1]); }
  std::string Notes() const { return names_.Of(item().columns[2]); }
  void Learn(const Columns& columns, const std::string& message = "shop.v1.Item") {
    names_.Learn(item(), Table("items", message, columns));
  }
  static NamedTable Table(const std::string& name, const std::string& message, const Columns& columns) {
    NamedTable table{name, message, {}};
    for (const auto& [column, identity] : columns) {
      const std::string comment = identity.empty() ? "what people say of it" : Cat("proto:", identity);
      table.columns.push_back({column, DeclaredBy::Read(comment)});
    }
    return table;
  }

  const std::unique_ptr<const catalogue::Catalogue> catalogue_ = testing::CompileProtoText(kItem);
  LiveNames names_;
};

TEST_F(LiveNamesTest, WhatIsCalledAsDeclaredIsNoNews) {
  Learn({{"id", "1"}, {"title", "2"}, {"notes", "3"}, {"more", ""}});
  EXPECT_TRUE(names_.empty());
  EXPECT_EQ(names_.ToString(5), "");
}

TEST_F(LiveNamesTest, ARenamedColumnIsKnownByItsNumber) {
  Learn({{"id", "1"}, {"headline", "2"}, {"notes", "3"}});
  EXPECT_EQ(Title(), "headline");
  EXPECT_EQ(Notes(), "notes");
  EXPECT_EQ(names_.Declared(item(), "headline"), "title");
  EXPECT_EQ(names_.ToString(5), "shop.v1.Item.title is \"headline\"");
}

TEST_F(LiveNamesTest, ColumnsThatSwappedNamesAreToldApart) {
  Learn({{"id", "1"}, {"notes", "2"}, {"title", "3"}});
  EXPECT_EQ(Title(), "notes");
  EXPECT_EQ(Notes(), "title");
  EXPECT_EQ(names_.Declared(item(), "notes"), "title");
  EXPECT_EQ(names_.Declared(item(), "title"), "notes");
}

TEST_F(LiveNamesTest, ANewColumnWithAnOldOnesNameIsNotTheOldOne) {
  for (const std::string identity : {"9", "none"}) {
    names_ = {};
    Learn({{"id", "1"}, {"headline", "2"}, {"title", identity}, {"notes", "3"}});
    EXPECT_EQ(Title(), "headline") << identity;
    EXPECT_EQ(names_.Declared(item(), "title"), Cat("proto:", identity));
  }
}

/// As after a change of a type by hand: title_new was made, filled, and has got the name.
TEST_F(LiveNamesTest, NeitherIsReadWhereOneHasTheNumberAndOneWithoutHasTheName) {
  for (const std::string identity : {"", "-", "title"}) {
    names_ = {};
    Learn({{"id", "1"}, {"title_old", "2"}, {"notes", "3"}, {"title", identity}});
    EXPECT_EQ(Title(), "proto:2") << identity;
    EXPECT_EQ(Notes(), "notes");
    EXPECT_EQ(names_.Declared(item(), "title_old"), "title_old");
    EXPECT_NE(names_.Declared(item(), "title"), "title");
  }
  names_ = {};
  Learn({{"id", "1"}, {"title_old", "2"}, {"notes", "3"}, {"title", "2"}});
  EXPECT_EQ(Title(), "title") << "which its comment says";
  names_ = {};
  Learn({{"id", "1"}, {"title_old", "none"}, {"notes", "3"}, {"title", ""}});
  EXPECT_EQ(Title(), "title") << "for no other one is it";
}

TEST_F(LiveNamesTest, WordsBehindANumberAreNotOfIt) {
  for (const std::string words : {"2, in cents", "2: the headline", "2.", "2 (2 words)", "2\nnew line"}) {
    names_ = {};
    Learn({{"id", "1"}, {"headline", words}, {"notes", "3"}});
    EXPECT_EQ(Title(), "headline") << words;
  }
}

TEST_F(LiveNamesTest, AColumnOfAnotherFieldIsNeverRead) {
  for (const std::string identity : {"9", "none"}) {
    names_ = {};
    Learn({{"id", "1"}, {"title", identity}, {"notes", "3"}});
    EXPECT_EQ(Title(), "proto:2") << identity;
    EXPECT_EQ(names_.Declared(item(), "title"), Cat("proto:", identity));
  }
}

TEST_F(LiveNamesTest, OfTwoColumnsWithANumberTheOneThatIsCalledAsDeclaredIsMeantOrNone) {
  Learn({{"id", "1"}, {"headline", "2"}, {"title", "2"}, {"notes", "3"}});
  EXPECT_EQ(Title(), "title");
  names_ = {};
  Learn({{"id", "1"}, {"headline", "2"}, {"caption", "2"}, {"notes", "3"}});
  EXPECT_EQ(Title(), "title") << "which is not there, so that statements fail";
  for (const std::string identity : {"", "9", "none"}) {
    names_ = {};
    Learn({{"id", "1"}, {"headline", "2"}, {"caption", "2"}, {"title", identity}, {"notes", "3"}});
    EXPECT_EQ(Title(), "proto:2") << identity;
  }
}

TEST_F(LiveNamesTest, ColumnsWithoutNumbersAreKnownByTheirNames) {
  Learn({{"id", ""}, {"title", ""}, {"notes", ""}});
  EXPECT_TRUE(names_.empty());
}

TEST_F(LiveNamesTest, NumbersOfAnotherMessageOrOfNobodyMeanNothing) {
  for (const std::string message : {"shop.v2.Item", ""}) {
    Learn({{"id", "1"}, {"notes", "2"}, {"title", "3"}}, message);
    EXPECT_TRUE(names_.empty()) << message;
  }
}

TEST_F(LiveNamesTest, ATableHasItsNewNameAndNoneWhereAnotherHasItsOwn) {
  names_.Learn(item(), Table("articles", "shop.v1.Item", {{"id", "1"}, {"title", "2"}, {"notes", "3"}}));
  EXPECT_EQ(names_.Of(item()), "articles");
  names_ = {};
  names_.Learn(item(), {"", "", {}, true});
  EXPECT_EQ(names_.Of(item()), "proto:shop.v1.Item");
  names_ = {};
  names_.Learn(item(), {});
  EXPECT_EQ(names_.Of(item()), "items");
}

TEST_F(LiveNamesTest, ScopesNestAndEnd) {
  Learn({{"id", "1"}, {"headline", "2"}, {"notes", "3"}});
  const LiveNames declared;
  EXPECT_EQ(ColumnName(item().columns[1]), "\"title\"");
  {
    const NamesScope outer(names_);
    EXPECT_EQ(ColumnName(item().columns[1]), "\"headline\"");
    {
      const NamesScope inner(declared);
      EXPECT_EQ(ColumnName(item().columns[1]), "\"title\"");
    }
    EXPECT_EQ(ColumnName(item().columns[1]), "\"headline\"");
  }
  EXPECT_EQ(ColumnName(item().columns[1]), "\"title\"");
}

TEST_F(LiveNamesTest, LongListsAreCut) {
  names_.Learn(item(), Table("articles", "shop.v1.Item", {{"key", "1"}, {"headline", "2"}, {"text", "3"}}));
  EXPECT_THAT(names_.ToString(2), HasSubstr("; and 2 more"));
}

TEST_F(LiveNamesTest, OfATableThatMayHaveBeenMovedAsideItSaysWhatToRun) {
  Learn({{"id", "1"}, {"headline", "2"}, {"notes", "3"}});
  EXPECT_EQ(names_.RemediesIfMovedAside(5), "") << "for the table has its name";
  names_ = {};
  names_.Learn(item(), Table("items_old", "shop.v1.Item", {}));
  EXPECT_EQ(names_.RemediesIfMovedAside(5), "COMMENT ON TABLE \"items_old\" IS NULL");
  names_ = {};
  NamedTable taken;
  taken.name_is_taken = true;
  names_.Learn(item(), taken);
  EXPECT_EQ(names_.RemediesIfMovedAside(5), "") << "for none is used";
}

/// Whether a statement keeps to one tenant is judged by declared names: no other name may stand for one of those.
TEST_F(LiveNamesTest, WhereThereAreTenantsNoOtherNameIsFollowed) {
  const auto catalogue = testing::CompileProtoText(absl::StrReplaceAll(
      kItem,
      {{"string notes = 3;", "string notes = 3; string tenant = 4 [(rowkeeper.v1.column).role = ROLE_TENANT];"}}));
  ASSERT_NE(catalogue, nullptr);
  const Entity& of_tenants = *catalogue->FindEntity("shop.v1.Item");
  names_.Learn(of_tenants,
               Table("items", "shop.v1.Item", {{"id", "1"}, {"title", "2"}, {"notes", "3"}, {"tenant", "4"}}));
  EXPECT_TRUE(names_.empty());
  names_.Learn(of_tenants,
               Table("articles", "shop.v1.Item", {{"id", "1"}, {"notes", "2"}, {"title", "3"}, {"owner", "4"}}));
  EXPECT_EQ(names_.Of(of_tenants), "proto:shop.v1.Item");
  EXPECT_EQ(names_.RemediesIfMovedAside(5), "");
  EXPECT_EQ(names_.Of(of_tenants.columns[0]), "id");
  for (int column = 1; column < 4; ++column) {
    EXPECT_EQ(names_.Of(of_tenants.columns[column]), Cat("proto:", column + 1));
  }
}

/// Everything has another name.
LiveNames AllRenamed(const catalogue::Catalogue& catalogue) {
  LiveNames names;
  for (const auto& entity : catalogue.entities()) {
    NamedTable table{entity->table + "~", entity->full_name, {}};
    for (const catalogue::Column& column : entity->columns) {
      table.columns.push_back({column.name + "~", DeclaredBy::Read(ColumnIdentity(column))});
    }
    names.Learn(*entity, table);
  }
  return names;
}

/// No statement writes a name past the scope, and nothing but names depends on it.
TEST(LiveNames, EveryStatementOfTheExamplesFollowsThem) {
  int statements = 0;
  for (const std::string folder : {"planner/v1", "tracker/v1"}) {
    const auto catalogue = testing::CompileExample(folder);
    ASSERT_NE(catalogue, nullptr);
    catalogue::Diagnostics diagnostics;
    const auto plans = plan::CompilePlans(*catalogue, &diagnostics);
    const LiveNames renamed = AllRenamed(*catalogue);
    for (const auto& plan : plans) {
      if (plan->query != nullptr) continue;  // its text is the user's
      const std::vector<SampledStatement> declared = SampleStatements(*plan);
      const NamesScope scope(renamed);
      const std::vector<SampledStatement> live = SampleStatements(*plan);
      ASSERT_EQ(live.size(), declared.size()) << plan->full_name;
      for (size_t i = 0; i < live.size(); ++i) {
        const Statement& was = declared[i].statement;
        const Statement& is = live[i].statement;
        ++statements;
        EXPECT_EQ(absl::StrReplaceAll(is.text, {{"~\"", "\""}}), was.text) << plan->full_name;
        EXPECT_NE(is.text, was.text) << plan->full_name;
        EXPECT_EQ(is.cells, was.cells);
        EXPECT_EQ(is.result, was.result);
        EXPECT_EQ(is.parameters.size(), was.parameters.size());
        for (const auto& entity : catalogue->entities()) {
          EXPECT_THAT(is.text, Not(HasSubstr(Cat(Identifier(entity->table), "."))));
          EXPECT_THAT(is.text, Not(HasSubstr(Cat(" FROM ", Identifier(entity->table)))));
          for (const catalogue::Column& column : entity->columns) {
            EXPECT_THAT(is.text, Not(HasSubstr(Identifier(column.name)))) << plan->full_name;
          }
        }
      }
    }
  }
  EXPECT_GT(statements, 1000);
}

}  // namespace
}  // namespace rowkeeper::sql
