#include "server/schema/version_fit.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "server/schema/table_fit.h"
#include "server/sql/identifier.h"
#include "server/sql/introspect.h"

namespace rowkeeper::schema {
namespace {

using catalogue::Column;
using catalogue::Entity;

void CheckRowVersions(const Entity& entity, const Column& column, db::Connection& connection, FitReport* report) {
  const std::string text = sql::HasVersionBelowOneQuery(entity);
  db::Query query;
  query.text = text;
  query.effect = db::Query::Effect::kRead;
  query.result = ResultShape::Columns(1);
  const absl::StatusOr<db::Rows> found = connection.Execute(query);
  if (!found.ok()) {
    Mismatch mismatch = ColumnMismatch(
        entity, column,
        absl::StrCat("could not be searched for versions below 1: ", std::string(found.status().message())));
    mismatch.breaks = Breaks::kNothing;
    report->Add(std::move(mismatch));
    return;
  }
  if (found->size() == 0 || found->cell(0, 0) != "t") return;
  const std::string name = sql::ColumnName(column);
  Mismatch mismatch =
      ColumnMismatch(entity, column,
                     absl::StrCat("has rows with a version below 1, but in a request version 0 means any version, so ",
                                  "that nothing guards them against lost updates; run: UPDATE ", sql::Table(entity),
                                  " SET ", name, " = 1 WHERE ", name, " < 1"));
  mismatch.breaks = Breaks::kReturned;
  report->Add(std::move(mismatch));
}

}  // namespace

void CheckVersions(const catalogue::Catalogue& catalogue, const LiveSchema& live, db::Connection& connection,
                   FitReport* report) {
  for (const auto& entity : catalogue.entities()) {
    if (!entity->version || live.Of(*entity).kind != LiveTable::Kind::kTable) continue;
    const Column& column = entity->columns[*entity->version];
    if (live.Of(*entity).FindColumn(column.name) != nullptr) CheckRowVersions(*entity, column, connection, report);
  }
}

}  // namespace rowkeeper::schema
