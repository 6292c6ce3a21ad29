#include "server/schema/fit.h"

#include <charconv>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/schema/conflict_key_fit.h"
#include "server/schema/table_fit.h"
#include "server/schema/tenant_fit.h"
#include "server/sql/identifier.h"
#include "server/sql/introspect.h"
#include "server/sql/types.h"

namespace rowkeeper::schema {
namespace {

using catalogue::Column;
using catalogue::Entity;

/// A CHECK of an enum column, to be tried on every label of the enum.
struct LabelProbe {
  const Entity* entity = nullptr;
  const Column* column = nullptr;
  std::string constraint;
  sql::CheckProbe probe;
};

void AddProbes(const Entity& entity, const Column& column, const LiveTable& table, std::vector<LabelProbe>* probes) {
  const LiveColumn* live = table.FindColumn(column.name);
  bool text_enum = column.type.kind == catalogue::ValueKind::kEnum && column.type.native_enum.empty();
  if (!text_enum || live == nullptr || live->type != sql::SqlType(column.type)) return;
  std::vector<std::string> labels;
  for (const catalogue::EnumLabel& label : column.type.labels) labels.push_back(label.label);
  for (const LiveConstraint& constraint : table.constraints) {
    bool about_column =
        constraint.kind == LiveConstraint::Kind::kCheck && constraint.columns == std::vector<std::string>{column.name};
    if (!about_column) continue;
    probes->push_back(
        {&entity, &column, constraint.name, {live->live_name, column.type.array, constraint.expression, labels}});
  }
}

std::vector<LabelProbe> LabelProbes(const catalogue::Catalogue& catalogue, const LiveSchema& live) {
  std::vector<LabelProbe> probes;
  for (const auto& entity : catalogue.entities()) {
    for (const Column& column : entity->columns) AddProbes(*entity, column, live.Of(*entity), &probes);
  }
  return probes;
}

absl::StatusOr<db::Rows> RunProbes(const std::vector<sql::CheckProbe>& probes, db::Connection& connection) {
  const std::string text = sql::CheckProbesQuery(probes);
  db::Query query;
  query.text = text;
  query.result = ResultShape::Columns(2);
  query.effect = db::Query::Effect::kRead;
  return connection.Execute(query);
}

/// Leaves those whose CHECK alone cannot be tried, as when a function that it calls fails: so they hide no other.
absl::Status LeaveOutUntriable(db::Connection& connection, std::vector<LabelProbe>* probes, FitReport* report) {
  std::vector<LabelProbe> left;
  for (LabelProbe& probe : *probes) {
    const auto tried = RunProbes({probe.probe}, connection);
    if (!tried.ok() && connection.broken()) return tried.status();
    if (tried.ok()) {
      left.push_back(std::move(probe));
      continue;
    }
    Mismatch mismatch = ColumnMismatch(*probe.entity, *probe.column,
                                       absl::StrCat("has the CHECK constraint ", sql::Identifier(probe.constraint),
                                                    ", which could not be tried on the field's labels"));
    mismatch.breaks = Breaks::kNothing;
    report->Add(std::move(mismatch));
  }
  *probes = std::move(left);
  return absl::OkStatus();
}

absl::Status CompareLabels(const catalogue::Catalogue& catalogue, const LiveSchema& live, db::Connection& connection,
                           FitReport* report) {
  std::vector<LabelProbe> probes = LabelProbes(catalogue, live);
  if (probes.empty()) return absl::OkStatus();
  const auto to_checks = [&probes] {
    std::vector<sql::CheckProbe> checks;
    for (const LabelProbe& probe : probes) checks.push_back(probe.probe);
    return checks;
  };
  auto refused = RunProbes(to_checks(), connection);
  if (!refused.ok()) {
    if (connection.broken()) return refused.status();
    if (absl::Status status = LeaveOutUntriable(connection, &probes, report); !status.ok()) return status;
    if (probes.empty()) return absl::OkStatus();
    refused = RunProbes(to_checks(), connection);
  }
  if (!refused.ok()) return refused.status();
  for (int row = 0; row < refused->size(); ++row) {
    std::string_view position = refused->cell(row, 0);
    size_t index = 0;
    std::from_chars(position.data(), position.data() + position.size(), index);
    const LabelProbe& probe = probes[index];
    Mismatch mismatch =
        ColumnMismatch(*probe.entity, *probe.column,
                       absl::StrCat("has the CHECK constraint ", sql::Identifier(probe.constraint),
                                    ", which refuses the label '", std::string(refused->cell(row, 1)), "'"));
    mismatch.breaks = Breaks::kStored;
    mismatch.change =
        absl::StrCat("ALTER TABLE ", sql::Table(*probe.entity), " DROP CONSTRAINT ", sql::Identifier(probe.constraint));
    report->Add(std::move(mismatch));
  }
  return absl::OkStatus();
}

}  // namespace

std::string Mismatch::ToString() const { return absl::StrCat(entity, field.empty() ? "" : ".", field, ": ", problem); }

void FitReport::Add(Mismatch mismatch) {
  (mismatch.breaks == Breaks::kNothing ? advice : mismatches).push_back(std::move(mismatch));
}

std::string FitReport::ToString() const {
  auto append_line = [](std::string* out, const Mismatch& mismatch) { out->append(mismatch.ToString()); };
  return absl::StrJoin(mismatches, "\n", append_line);
}

absl::StatusOr<FitReport> CheckFit(const catalogue::Catalogue& catalogue, db::Connection& connection) {
  auto live = LiveSchema::Read(catalogue, connection);
  if (!live.ok()) return live.status();
  return CheckFit(catalogue, *live, connection);
}

absl::StatusOr<FitReport> CheckFit(const catalogue::Catalogue& catalogue, const LiveSchema& live,
                                   db::Connection& connection) {
  FitReport report;
  const sql::NamesScope names(live.names());
  for (const auto& entity : catalogue.entities()) {
    if (live.Knows(*entity)) CompareTable(*entity, live.Of(*entity), &report);
  }
  CompareSharedTables(catalogue, live, &report);
  CompareConflictKeys(catalogue, live, &report);
  absl::Status labels = CompareLabels(catalogue, live, connection, &report);
  if (!labels.ok()) return labels;
  return report;
}

}  // namespace rowkeeper::schema
