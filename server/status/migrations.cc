#include "server/status/migrations.h"

#include <algorithm>
#include <utility>

#include "server/base/text.h"
#include "server/status/cells.h"

namespace rowkeeper::status {
namespace {

using RowState = MigrationRow::State;

bool LacksMigration(const MigrationRow& row) {
  return row.state == RowState::kPending || row.state == RowState::kOutOfOrder;
}
/// `migrate up` stops at these.
bool StopsMigrating(const MigrationRow& row) {
  return row.unfinished || (row.state != RowState::kApplied && row.state != RowState::kPending);
}

Cell MigrationStateCell(const MigrationRow& row) {
  if (row.unfinished) return {std::string("begun, not finished"), Tone::kBad};
  switch (row.state) {
    case RowState::kApplied:
      return TextCell("applied");
    case RowState::kPending:
      return {std::string("pending"), Tone::kWarning};
    case RowState::kEdited:
      return {std::string("edited after it was applied"), Tone::kBad};
    case RowState::kOutOfOrder:
      return {std::string("out of order: a newer one is applied"), Tone::kBad};
    case RowState::kMissing:
      return {std::string("applied, but the file is missing"), Tone::kBad};
  }
  return {};
}

Finding JudgeMigrations(const MigrationsData& data) {
  if (data.directory.empty()) {
    return {Tone::kPlain, "The server was given no directory of migrations.", "--migrations says where they are."};
  }
  if (!data.migrations.has_value()) {
    return {
        Tone::kPlain, "It is not known which migrations the database has.",
        "The server looks at its start and every half minute. If this stays, see the database's section of Status."};
  }
  const std::vector<MigrationRow>& all = *data.migrations;
  if (all.empty()) return {Tone::kPlain, "There are no migrations.", ""};
  const auto wrong = std::count_if(all.begin(), all.end(), StopsMigrating);
  if (wrong > 0) {
    return {Tone::kBad, Cat(wrong, wrong == 1 ? " migration needs a decision." : " migrations need a decision."),
            "`rowkeeper migrate up` stops there and says what to do."};
  }
  const auto pending = std::count_if(all.begin(), all.end(), LacksMigration);
  if (pending == static_cast<std::ptrdiff_t>(all.size())) {
    return {
        Tone::kWarning, "The database's history has none of these migrations.",
        "`rowkeeper migrate up` applies them; `rowkeeper migrate stamp`, if the database has them without a history."};
  }
  if (pending > 0) {
    return {Tone::kWarning, Cat(pending, pending == 1 ? " migration is pending." : " migrations are pending."),
            "`rowkeeper migrate up` applies what is pending."};
  }
  return {Tone::kGood, "The database has all migrations.", ""};
}

}  // namespace

View MakeMigrationsView(const MigrationsData& data) {
  View view;
  view.path = "/status/migrations";
  view.title = "Migrations";
  view.made = data.now;
  view.verdict = JudgeMigrations(data);
  Table table{"list",
              "Migrations, the newest first",
              {{"version", "Version"}, {"state", "State"}, {"name", "Name"}, {"applied_at", "Applied at (UTC)"}},
              {},
              "None is known.",
              0};
  const std::vector<MigrationRow> none;
  const std::vector<MigrationRow>& all = data.migrations.has_value() ? *data.migrations : none;
  for (auto row = all.rbegin(); row != all.rend(); ++row) {
    table.rows.push_back(
        {CodeCell(row->version), MigrationStateCell(*row), TextCell(row->name), TextCell(row->applied_at)});
  }
  Facts facts{"values", {}};
  facts.list.push_back({"directory", "Directory", CodeCell(data.directory)});
  facts.list.push_back(
      {"pending", "Pending",
       data.migrations.has_value() ? CountCell(std::count_if(all.begin(), all.end(), LacksMigration)) : Cell{}});
  view.sections.push_back({"migrations", "Migrations", {std::move(facts), std::move(table)}});
  return view;
}

}  // namespace rowkeeper::status
