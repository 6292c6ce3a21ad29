#include "server/app/trigger_advice.h"

#include <charconv>

#include "server/base/text.h"
#include "server/sql/identifier.h"
#include "server/sql/introspect.h"

namespace rowkeeper::app {

absl::StatusOr<std::vector<std::string>> AdviseTriggers(const catalogue::Catalogue& catalogue,
                                                        db::Connection& connection) {
  std::vector<std::string> tables;
  for (const auto& entity : catalogue.entities()) tables.push_back(sql::Table(*entity));
  const std::string text = sql::AfterTriggersQuery(tables);
  db::Query query;
  query.text = text;
  query.effect = db::Query::Effect::kRead;
  query.result = ResultShape::Columns(2);
  const absl::StatusOr<db::Rows> rows = connection.Execute(query);
  if (!rows.ok()) return rows.status();
  std::vector<std::string> advice;
  for (int row = 0; row < rows->size(); ++row) {
    size_t table = 0;
    const std::string_view position = rows->cell(row, 0);
    std::from_chars(position.data(), position.data() + position.size(), table);
    advice.push_back(Cat(catalogue.entities()[table]->full_name, ": trigger ", rows->cell(row, 1),
                         " runs after a row is written. If it writes the row again, answers have the row, and its "
                         "version, as they were before; make it a BEFORE trigger"));
  }
  return advice;
}

}  // namespace rowkeeper::app
