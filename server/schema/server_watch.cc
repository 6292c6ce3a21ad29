#include "server/schema/server_watch.h"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "server/base/one_line.h"
#include "server/base/text.h"
#include "server/schema/declared_use.h"
#include "server/schema/migration_errors.h"
#include "server/schema/migration_session.h"
#include "server/schema/names_before.h"
#include "server/sql/servers_sql.h"

namespace rowkeeper::schema {
namespace {

constexpr std::chrono::milliseconds kServerPoll{500};

absl::StatusOr<db::Rows> ReadServerRows(db::Connection& connection, const std::string& text,
                                        const std::vector<db::Param>& params, int columns) {
  db::Query query;
  query.text = text;
  query.params = &params;
  query.result = ResultShape::Columns(columns);
  query.effect = db::Query::Effect::kRead;
  return connection.Execute(query);
}

/// A server may go on with units of work by one catalogue while it serves another.
std::vector<Reliance> ReliancesOf(const nlohmann::json& uses, const MarkedTables& marked) {
  std::vector<Reliance> reliances;
  if (!uses.is_array()) reliances.emplace_back(uses, marked);
  if (uses.is_array()) {
    for (const nlohmann::json& use : uses) reliances.emplace_back(use, marked);
  }
  return reliances;
}

std::string WhatGoes(const Departure& departure) {
  return Cat(departure.path, ":", departure.line, ": ", Describe(departure));
}

/// In the place of servers that have not noticed the table yet.
bool IsOfNewTable(const db::Rows& rows, int row) { return rows.cell(row, 0).empty(); }

/// `row` is of SelectServers. What others wrote there does nothing to a terminal.
std::string WhoCountsOnIt(const db::Rows& rows, int row) {
  if (IsOfNewTable(rows, row)) {
    return Cat("servers that are up have ", kServerAge.count(), " s to say so in the new table ", sql::kServersTable);
  }
  const std::string_view others = rows.cell(row, 5);
  return Cat("the server ", OneLine(rows.cell(row, 1)), " (release ", OneLine(rows.cell(row, 2)), ")",
             others == "0" ? " counts" : Cat(" and ", others, " more count"), " on it since ", rows.cell(row, 3),
             " UTC");
}

absl::StatusOr<db::Rows> ReadServers(db::Connection& connection) {
  return ReadServerRows(connection, sql::SelectServers(),
                        {std::to_string(kServerAge.count()), std::to_string(kMostDeclaredBytes)}, 6);
}

/// What SelectMarkedTables is asked about, as JSON arrays.
struct AskedTables {
  nlohmann::json names = nlohmann::json::array();
  nlohmann::json schemas = nlohmann::json::array();
};

void AskFor(const std::vector<Departure>& departures, AskedTables* asked) {
  for (const Departure& departure : departures) {
    const std::string_view name = WithoutSchema(departure.table);
    asked->names.push_back(name);
    const bool has_schema = name.size() < departure.table.size();
    if (has_schema) asked->schemas.push_back(departure.table.substr(0, departure.table.find('.')));
  }
}

/// As they are now, before any of the files.
absl::StatusOr<MarkedTables> ReadMarkedTables(db::Connection& connection, const AskedTables& asked) {
  const auto text = [](const nlohmann::json& array) {
    return array.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  };
  const auto rows = ReadServerRows(connection, sql::SelectMarkedTables(), {text(asked.names), text(asked.schemas)},
                                   sql::kMarkedTablesColumns);
  if (!rows.ok()) return rows.status();
  std::vector<MarkedTable> tables;
  for (int row = 0; row < rows->size(); ++row) {
    const std::string name(rows->cell(row, 0));
    if (tables.empty() || tables.back().name != name) tables.push_back({name, std::string(rows->cell(row, 1)), {}});
    if (rows->is_null(row, 2)) continue;
    tables.back().identities[std::string(rows->cell(row, 2))] = std::string(rows->cell(row, 3));
  }
  return MarkedTables(std::move(tables));
}

/// "file:3: column ... goes, and the server ... counts on it"; empty: nobody is in the way.
std::string WhoIsInTheWay(const db::Rows& rows, const std::vector<Departure>& departures, const MarkedTables& marked) {
  for (int row = 0; row < rows.size(); ++row) {
    const auto uses = nlohmann::json::parse(rows.cell(row, 4), nullptr, false);
    const std::vector<Reliance> reliances = ReliancesOf(uses, marked);
    for (const Departure& departure : departures) {
      if (IsOfNewTable(rows, row) && departure.of_this_run) continue;
      const bool relies = std::any_of(reliances.begin(), reliances.end(),
                                      [&](const Reliance& reliance) { return reliance.On(departure); });
      if (relies) return Cat(WhatGoes(departure), ", and ", WhoCountsOnIt(rows, row));
    }
  }
  return std::string();
}

absl::StatusOr<bool> HasServers(db::Connection& connection) {
  const auto rows = ReadServerRows(connection, sql::SelectHasServers(), {}, 1);
  if (!rows.ok()) return rows.status();
  return rows->size() == 1 && rows->cell(0, 0) == "t";
}

void TellOperator(const MigratorOptions& options, const std::string& line) {
  if (options.observer.notice) options.observer.notice(line);
}

/// What goes first of all that was there before; null: nothing does.
const Departure* FirstDeparture(const std::vector<std::vector<Departure>>& departures) {
  for (const std::vector<Departure>& of_file : departures) {
    for (const Departure& departure : of_file) {
      if (!departure.of_this_run && !IsOfNames(departure.kind)) return &departure;
    }
  }
  return nullptr;
}

absl::Status AwaitServersOver(db::Connection& connection, const std::vector<Departure>& departures,
                              const MigratorOptions& options) {
  const auto has = HasServers(connection);
  if (!has.ok() || !*has) return has.status();
  const Clock::time_point deadline = options.clock->Now() + options.servers_timeout;
  AskedTables asked;
  AskFor(departures, &asked);
  std::string told;
  for (;;) {
    const auto rows = ReadServers(connection);
    if (!rows.ok()) return rows.status();
    const auto marked = ReadMarkedTables(connection, asked);
    if (!marked.ok()) return marked.status();
    const std::string obstacle = WhoIsInTheWay(*rows, departures, *marked);
    if (obstacle.empty()) return absl::OkStatus();
    if (options.clock->Now() >= deadline) return ServerInTheWay(obstacle);
    if (obstacle != told) TellOperator(options, Cat("waiting: ", obstacle));
    told = obstacle;
    options.clock->SleepFor(kServerPoll);
  }
}

absl::Status TellOfServersOver(db::Connection& connection, const std::vector<std::vector<Departure>>& departures,
                               FilesRun run, const MigratorOptions& options) {
  const auto has = HasServers(connection);
  if (!has.ok()) return has.status();
  absl::StatusOr<db::Rows> rows = db::Rows();
  if (*has) rows = ReadServers(connection);
  if (!rows.ok()) return rows.status();
  AskedTables asked;
  for (const std::vector<Departure>& of_file : departures) AskFor(of_file, &asked);
  const auto marked = ReadMarkedTables(connection, asked);
  if (!marked.ok()) return marked.status();
  if (const Departure* first = FirstDeparture(departures); first != nullptr && rows->size() == 0) {
    const std::string why = *has ? Cat("no server says in the table ", sql::kServersTable, " what it uses")
                                 : Cat("there is no table ", sql::kServersTable,
                                       " in which servers say what they use (rowkeeper migrate new servers --servers)");
    TellOperator(options, Cat(WhatGoes(*first), "; no server is waited for, since ", why));
  }
  for (const std::vector<Departure>& of_file : departures) {
    const std::string obstacle = run == FilesRun::kSoon ? "" : WhoIsInTheWay(*rows, of_file, *marked);
    if (!obstacle.empty()) TellOperator(options, Cat("would wait: ", obstacle));
  }
  return absl::OkStatus();
}

bool TakesNothing(const std::vector<Departure>& of_file) { return of_file.empty(); }

}  // namespace

absl::Status AwaitServers(const std::vector<Departure>& departures, const MigratorOptions& options) {
  if (departures.empty() || options.servers == MigratorOptions::Servers::kIgnore) return absl::OkStatus();
  const absl::StatusOr<std::unique_ptr<db::Connection>> connection = OpenMigrationSession(options);
  if (!connection.ok()) return connection.status();
  return ForOperator(**connection, AwaitServersOver(**connection, departures, options));
}

absl::Status TellOfServers(const std::vector<std::vector<Departure>>& departures, FilesRun run,
                           const MigratorOptions& options) {
  const bool nothing = run == FilesRun::kSoon ? FirstDeparture(departures) == nullptr
                                              : std::all_of(departures.begin(), departures.end(), TakesNothing);
  if (nothing || options.servers == MigratorOptions::Servers::kIgnore) return absl::OkStatus();
  const absl::StatusOr<std::unique_ptr<db::Connection>> connection = OpenMigrationSession(options);
  if (!connection.ok()) return connection.status();
  return ForOperator(**connection, TellOfServersOver(**connection, departures, run, options));
}

}  // namespace rowkeeper::schema
