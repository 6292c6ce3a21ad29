#include "server/schema/name_fit.h"

#include <google/protobuf/descriptor.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/schema/table_fit.h"
#include "server/sql/ddl.h"
#include "server/sql/ddl_change.h"
#include "server/sql/declared_by.h"
#include "server/sql/identifier.h"
#include "server/sql/live_names.h"

namespace rowkeeper::schema {
namespace {

using catalogue::Column;
using catalogue::Entity;

/// `COMMENT ON COLUMN "todos"."notes" IS 'proto:4'`
std::string SayWhose(const Entity& entity, const std::string& column, const std::string& identity) {
  return sql::CommentOnColumn(sql::Table(entity), column, identity);
}

const LiveColumn* FindByNumber(const LiveTable& table, int number) {
  for (const LiveColumn& column : table.columns) {
    if (sql::DeclaredBy::Read(column.comment).number() == number) return &column;
  }
  return nullptr;
}

Mismatch OfTable(const Entity& entity, std::string problem) {
  Mismatch mismatch{entity.full_name, "", entity.table, "", std::move(problem)};
  mismatch.says_what_to_do = true;
  return mismatch;
}

Mismatch OfColumn(const Entity& entity, const Column& column, Breaks breaks, const std::string& problem) {
  Mismatch mismatch = ColumnMismatch(entity, column, problem);
  mismatch.breaks = breaks;
  return mismatch;
}

}  // namespace

bool HasOtherName(const Entity& entity) { return sql::NamesScope::Of(entity) != entity.table; }

Mismatch TableIsNotUsed(const Entity& entity, const LiveTable& table) {
  const std::string name = sql::InSchemaOf(entity, entity.table), identity = sql::TableIdentity(entity);
  const std::string what = absl::StrCat("table ", name, " is not used for ", entity.full_name, ": ");
  return table.kind == LiveTable::Kind::kMissing
             ? OfTable(entity, absl::StrCat(what, "its comment does not say that it is its table, but that of another ",
                                            "table does, or it names another message; if it is, run: ",
                                            sql::CommentOnTable(name, identity)))
             : OfTable(entity, absl::StrCat(what, "it is one of another name whose comment says ", identity,
                                            ", and with tenants a server follows no other name; give that table the ",
                                            "name, or remove its comment"));
}

Mismatch ColumnIsNotUsed(const Entity& entity, const Column& column, const LiveTable& table) {
  const int number = column.field->number();
  const LiveColumn* const holder = FindByNumber(table, number);
  const std::string its_own = SayWhose(entity, column.name, sql::ColumnIdentity(column));
  if (holder == nullptr) {
    return OfColumn(
        entity, column, Breaks::kColumn,
        absl::StrCat("is not that of field ", number, ", says its comment, and no column is; rename it ",
                     "and give the field its column, or, if only the field's number has changed, run: ", its_own));
  }
  const std::string other = sql::Identifier(holder->live_name);
  return OfColumn(entity, column, Breaks::kColumn,
                  absl::StrCat("is not used: its comment does not have field number ", number, ", but that of ", other,
                               " does; say which is meant: ", its_own, ", or rename it and give ", other,
                               " the name, or, if ", other, " is of no field any more, as well: ",
                               SayWhose(entity, holder->live_name, absl::StrCat("proto:", sql::kOfNobody))));
}

bool HasColumnsOfOtherNames(const Entity& entity, const LiveTable& table, FitReport* report) {
  const size_t before = report->mismatches.size();
  for (const Column& column : entity.columns) {
    if (sql::NamesScope::Of(column) == column.name) continue;
    const LiveColumn* const holder = FindByNumber(table, column.field->number());
    Mismatch mismatch =
        holder == nullptr || holder->live_name == column.name
            ? ColumnIsNotUsed(entity, column, table)
            : OfColumn(entity, column, Breaks::kTable,
                       absl::StrCat("is ", sql::Identifier(holder->live_name), " in the database, says that one's ",
                                    "comment, and with tenants a server follows no other name; give it the name, or ",
                                    "remove the comment"));
    mismatch.breaks = Breaks::kTable;
    report->Add(std::move(mismatch));
  }
  return report->mismatches.size() > before;
}

void AdviseOnTableName(const Entity& entity, FitReport* report) {
  if (!HasOtherName(entity)) return;
  Mismatch mismatch = OfTable(
      entity, absl::StrCat("the table has the name ", sql::TableAlone(entity), " in the database, instead of ",
                           sql::Identifier(entity.table), ": statements use that; if it was only moved aside, run: ",
                           sql::RemedyIfMovedAside(entity, sql::NamesScope::Of(entity))));
  mismatch.breaks = Breaks::kNothing;
  report->Add(std::move(mismatch));
}

void AdviseOnName(const Entity& entity, const Column& column, const LiveColumn& live, FitReport* report) {
  if (live.live_name == column.name) return;
  report->Add(OfColumn(
      entity, column, Breaks::kNothing,
      absl::StrCat("has the name ", sql::Identifier(live.live_name), " in the database: statements use that")));
}

}  // namespace rowkeeper::schema
