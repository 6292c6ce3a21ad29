#include "server/app/trigger_advice.h"

#include <charconv>

#include "server/base/text.h"
#include "server/sql/identifier.h"
#include "server/sql/introspect.h"

namespace rowkeeper::app {

namespace {

absl::StatusOr<db::Rows> AskCatalog(const std::string& text, int columns, db::Connection* connection) {
  db::Query query;
  query.text = text;
  query.effect = db::Query::Effect::kRead;
  query.result = ResultShape::Columns(columns);
  return connection->Execute(query);
}

/// The entity whose table has the position that the first cell says.
const std::string& NameIn(const db::Rows& rows, int row, const catalogue::Catalogue& catalogue) {
  size_t table = 0;
  const std::string_view position = rows.cell(row, 0);
  std::from_chars(position.data(), position.data() + position.size(), table);
  return catalogue.entities()[table]->full_name;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> AdviseTriggers(const catalogue::Catalogue& catalogue,
                                                        db::Connection& connection) {
  std::vector<std::string> tables;
  for (const auto& entity : catalogue.entities()) tables.push_back(sql::Table(*entity));
  std::vector<std::string> advice;
  const auto after = AskCatalog(sql::AfterTriggersQuery(tables), 2, &connection);
  if (!after.ok()) return after.status();
  for (int row = 0; row < after->size(); ++row) {
    advice.push_back(Cat(NameIn(*after, row, catalogue), ": trigger ", after->cell(row, 1),
                         " runs after a row is written. If it writes the row again, answers have the row, and its "
                         "version, as they were before; make it a BEFORE trigger"));
  }
  const auto kept = AskCatalog(sql::KeptReferencesQuery(tables), 3, &connection);
  if (!kept.ok()) return kept.status();
  for (int row = 0; row < kept->size(); ++row) {
    advice.push_back(Cat(NameIn(*kept, row, catalogue), ": when a row is deleted, PostgreSQL changes rows of ",
                         kept->cell(row, 1), " that refer to it, but not those that the trigger ", kept->cell(row, 2),
                         " skips: they stay and refer to nothing, and the delete says OK. Let the trigger raise an "
                         "error instead of returning NULL"));
  }
  return advice;
}

}  // namespace rowkeeper::app
