// A bare name in a subquery that its own table has lost would be found in the table of the query around it, without an
// error: then a rename is not noticed, and another column is read. Where a table has that name, its whole row is.

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/plan/method_plan.h"
#include "server/sql/ddl.h"
#include "server/sql/declared_by.h"
#include "server/sql/identifier.h"
#include "server/sql/live_names.h"
#include "server/sql/variants.h"
#include "tests/support/random_catalogue.h"
#include "tests/support/scratch_database.h"

namespace rowkeeper::sql {
namespace {

using catalogue::Column;
using catalogue::Entity;

/// Gives the first text that PostgreSQL does not prepare with the SQLSTATE `wanted`, and what it says instead.
constexpr char kFirstOther[] = R"(
CREATE FUNCTION first_other(statements text[], wanted text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE statement text; state text;
BEGIN
  FOREACH statement IN ARRAY statements LOOP
    state := '00000';
    BEGIN
      EXECUTE 'PREPARE tried AS ' || statement;
      DEALLOCATE tried;
    EXCEPTION WHEN OTHERS THEN state := SQLSTATE;
    END;
    IF state <> wanted THEN RETURN state || ': ' || statement; END IF;
  END LOOP;
  RETURN '';
END $$)";
constexpr char kPrepared[] = "00000";
constexpr char kUndefinedColumn[] = "42703";

class RenameScopeTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    ASSERT_TRUE(catalogue_ != nullptr && database_.ok());
    std::vector<const Entity*> entities;
    for (const auto& entity : catalogue_->entities()) entities.push_back(entity.get());
    database_.Run(absl::StrJoin(CreateTables(entities), ";\n"));
    database_.Run(kFirstOther);
    declared_ = Samples();
    renamed_ = RenamedSamples();
    ASSERT_EQ(renamed_.size(), declared_.size());
    for (const auto& plan : plans_) {
      std::vector<std::string> texts;
      AppendSamples(*plan, &texts);
      samples_of_[plan.get()] = texts.size();
    }
  }

  std::vector<std::string> Samples() const {
    std::vector<std::string> texts;
    for (const auto& plan : plans_) AppendSamples(*plan, &texts);
    return texts;
  }
  static void AppendSamples(const plan::MethodPlan& plan, std::vector<std::string>* texts) {
    if (plan.query != nullptr) return;  // its text is the user's
    for (SampledStatement& sample : SampleStatements(plan)) texts->push_back(std::move(sample.statement.text));
  }

  /// Where another entity has a column of that name.
  bool MayBeMistaken(const Entity& entity, const Column& column) const {
    for (const auto& other : catalogue_->entities()) {
      if (other.get() == &entity) continue;
      for (const Column& of_other : other->columns) {
        if (of_other.name == column.name) return true;
      }
    }
    return false;
  }

  /// Of the column alone, and so known in every statement that names it.
  static std::string NewName(const Entity& entity, const Column& column) {
    return Cat(entity.table, "~", column.field->number());
  }

  /// Every statement once more, with new names for all columns.
  std::vector<std::string> RenamedSamples() const {
    LiveNames names;
    for (const auto& entity : catalogue_->entities()) {
      NamedTable table{entity->table, entity->full_name, {}};
      for (const Column& column : entity->columns) {
        table.columns.push_back({NewName(*entity, column), DeclaredBy::Read(ColumnIdentity(column))});
      }
      names.Learn(*entity, table);
    }
    const NamesScope scope(names);
    return Samples();
  }

  /// The statements that name the column, among those of several entities.
  std::set<std::string> Naming(const Entity& entity, const Column& column) const {
    const std::string name = Identifier(NewName(entity, column));
    std::set<std::string> naming;
    for (size_t i = 0; i < renamed_.size(); ++i) {
      if (renamed_[i].find(name) != std::string::npos && IsAboutSeveral(declared_[i])) naming.insert(declared_[i]);
    }
    return naming;
  }
  bool IsAboutSeveral(const std::string& text) const {
    int tables = 0;
    for (const auto& entity : catalogue_->entities()) {
      tables += text.find(InSchemaOf(*entity, entity->table)) != std::string::npos ? 1 : 0;
    }
    return tables > 1;
  }

  /// Those that name the column and read or write the table of `named`, once more with the column's name for that.
  std::vector<std::string> NamingBoth(const Entity& entity, const Column& column, const Entity& named) const {
    LiveNames names;
    names.Learn(named, {column.name, named.full_name, {}});
    const NamesScope scope(names);
    const std::string mark = Identifier(NewName(entity, column));
    const std::string table = InSchemaOf(named, named.table);
    std::set<std::string> texts;
    size_t place = 0;
    for (const auto& plan : plans_) {
      const size_t first = place;
      std::vector<std::string> of_plan;
      const auto is_about_both = [&](size_t i) {
        return renamed_[i].find(mark) != std::string::npos && declared_[i].find(table) != std::string::npos;
      };
      place += samples_of_.at(plan.get());
      bool any = false;
      for (size_t i = first; i < place && !any; ++i) any = is_about_both(i);
      if (!any) continue;
      AppendSamples(*plan, &of_plan);
      for (size_t i = first; i < place; ++i) {
        if (is_about_both(i)) texts.insert(of_plan[i - first]);
      }
    }
    return {texts.begin(), texts.end()};
  }

  template <typename Texts>
  std::string FirstOther(const Texts& texts, const char* wanted) {
    const auto literal = [](std::string* out, const std::string& text) { out->append(Literal(text)); };
    return database_.Value(Cat("SELECT first_other(ARRAY[", absl::StrJoin(texts, ", ", literal), "], '", wanted, "')"));
  }

  void RenameColumn(const std::string& table, const std::string& from, const std::string& to) {
    database_.Run(Cat("ALTER TABLE ", table, " RENAME ", Identifier(from), " TO ", Identifier(to)));
  }

  const std::unique_ptr<const catalogue::Catalogue> catalogue_ = testing::CompileExample(GetParam());
  catalogue::Diagnostics diagnostics_;
  const std::vector<std::unique_ptr<const plan::MethodPlan>> plans_ = plan::CompilePlans(*catalogue_, &diagnostics_);
  testing::ScratchDatabase database_{"scope"};
  std::vector<std::string> declared_;
  std::vector<std::string> renamed_;
  std::map<const plan::MethodPlan*, size_t> samples_of_;
};

TEST_P(RenameScopeTest, NoStatementFindsAColumnThatItsTableHasLostInAnotherTable) {
  size_t tried = 0;
  for (const auto& entity : catalogue_->entities()) {
    for (const Column& column : entity->columns) {
      if (!MayBeMistaken(*entity, column)) continue;
      const std::set<std::string> naming = Naming(*entity, column);
      if (naming.empty()) continue;
      tried += naming.size();
      RenameColumn(sql::Table(*entity), column.name, NewName(*entity, column));
      EXPECT_EQ(FirstOther(naming, kUndefinedColumn), "") << entity->full_name << "." << column.name;
      RenameColumn(sql::Table(*entity), NewName(*entity, column), column.name);
    }
  }
  EXPECT_GT(tried, 100u);
}

TEST_P(RenameScopeTest, NoStatementTakesAWholeRowForAColumnThatItsTableHasLost) {
  size_t tried = 0;
  for (const auto& entity : catalogue_->entities()) {
    for (const Column& column : entity->columns) {
      for (const auto& named : catalogue_->entities()) {
        const std::vector<std::string> naming = NamingBoth(*entity, column, *named);
        if (naming.empty()) continue;
        tried += naming.size();
        database_.Run(Cat("ALTER TABLE ", sql::Table(*named), " RENAME TO ", Identifier(column.name)));
        EXPECT_EQ(FirstOther(naming, kPrepared), "") << entity->full_name << "." << column.name << ", " << named->table;
        const std::string renamed = named == entity ? InSchemaOf(*entity, column.name) : sql::Table(*entity);
        RenameColumn(renamed, column.name, NewName(*entity, column));
        EXPECT_EQ(FirstOther(naming, kUndefinedColumn), "")
            << entity->full_name << "." << column.name << ", " << named->table;
        RenameColumn(renamed, NewName(*entity, column), column.name);
        database_.Run(Cat("ALTER TABLE ", InSchemaOf(*named, column.name), " RENAME TO ", Identifier(named->table)));
      }
    }
  }
  EXPECT_GT(tried, 100u);
  RecordProperty("tried", static_cast<int>(tried));
}

INSTANTIATE_TEST_SUITE_P(OfBothExamples, RenameScopeTest, ::testing::Values("planner/v1", "tracker/v1"));

}  // namespace
}  // namespace rowkeeper::sql
