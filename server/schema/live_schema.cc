#include "server/schema/live_schema.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/db/current_names.h"
#include "server/schema/live_table_reader.h"

namespace rowkeeper::schema {
namespace {

using catalogue::Entity;

bool StartsWithAllOf(const LiveIndex& index, const std::vector<std::string>& columns) {
  if (index.terms.size() < columns.size()) return false;
  auto end = index.terms.begin() + static_cast<std::ptrdiff_t>(columns.size());
  return std::all_of(columns.begin(), columns.end(), [&](const std::string& column) {
    return std::any_of(index.terms.begin(), end, [&](const LiveIndex::Term& term) { return term.column == column; });
  });
}

/// An index can be read backwards, so the directions must be all the same or all the opposite.
bool ContinuesInOrder(const Entity& entity, const LiveIndex& index, size_t from,
                      const std::vector<catalogue::OrderTerm>& order) {
  if (order.empty()) return true;
  if (index.method != "btree" || index.terms.size() < from + order.size()) return false;
  bool backwards = index.terms[from].descending != order[0].descending;
  for (size_t i = 0; i < order.size(); ++i) {
    const LiveIndex::Term& term = index.terms[from + i];
    if (term.column != entity.columns[order[i].column].name) return false;
    if ((term.descending != order[i].descending) != backwards) return false;
  }
  return true;
}

/// Columns with a given value need no place in the order.
std::vector<catalogue::OrderTerm> WithoutConstants(const std::vector<catalogue::OrderTerm>& order,
                                                   const std::vector<int>& equality) {
  std::vector<catalogue::OrderTerm> rest;
  for (const catalogue::OrderTerm& term : order) {
    if (std::find(equality.begin(), equality.end(), term.column) == equality.end()) rest.push_back(term);
  }
  return rest;
}

IndexFit FitOf(const Entity& entity, const LiveTable& table, const LiveIndex& index,
               const std::vector<std::string>& equality, const std::vector<catalogue::OrderTerm>& order) {
  bool usable = index.valid && (index.method == "btree" || index.method == "hash") &&
                (!index.where.has_value() || CoversNotDeleted(entity, table, *index.where));
  if (!usable) return IndexFit::kNone;
  auto is_given = [&](const LiveIndex::Term& term) {
    return std::find(equality.begin(), equality.end(), term.column) != equality.end();
  };
  bool one_row = index.unique && std::all_of(index.terms.begin(), index.terms.end(), is_given);
  if (one_row) return IndexFit::kFilterAndOrder;
  if (!StartsWithAllOf(index, equality)) return IndexFit::kNone;
  if (ContinuesInOrder(entity, index, equality.size(), order)) return IndexFit::kFilterAndOrder;
  return equality.empty() ? IndexFit::kNone : IndexFit::kFilter;
}

}  // namespace

const LiveColumn* LiveTable::FindColumn(std::string_view name) const {
  auto it = std::find_if(columns.begin(), columns.end(), [&](const LiveColumn& column) { return column.name == name; });
  return it == columns.end() ? nullptr : &*it;
}

const LiveColumn* LiveTable::FindLiveName(std::string_view name) const {
  auto it =
      std::find_if(columns.begin(), columns.end(), [&](const LiveColumn& column) { return column.live_name == name; });
  return it == columns.end() ? nullptr : &*it;
}

LiveSchema::LiveSchema(const catalogue::Catalogue& catalogue) {
  for (const auto& entity : catalogue.entities()) positions_.emplace(entity.get(), static_cast<int>(positions_.size()));
  tables_.resize(positions_.size());
}

absl::StatusOr<LiveSchema> LiveSchema::Read(const catalogue::Catalogue& catalogue, db::Connection& connection) {
  const LiveTableReader reader(catalogue);
  db::CurrentNames current(catalogue);
  const absl::StatusOr<db::CurrentNames::Snapshot> now = current.Read(connection);
  if (!now.ok()) return now.status();
  const std::shared_ptr<const sql::LiveNames> names = now->names;
  auto tables = reader.Read(reader.all(), *names, connection);
  if (!tables.ok()) return tables.status();
  LiveSchema schema(catalogue);
  schema.SetNames(names);
  for (size_t i = 0; i < tables->size(); ++i) schema.Learn(static_cast<int>(i), std::move((*tables)[i]));
  return schema;
}

void LiveSchema::Learn(int position, LiveTable table) {
  tables_.at(position) = std::make_shared<const LiveTable>(std::move(table));
}

bool LiveSchema::Knows(const Entity& entity) const { return tables_.at(positions_.at(&entity)) != nullptr; }

const LiveTable& LiveSchema::Of(const Entity& entity) const {
  static const LiveTable kUnknown;
  const auto& table = tables_.at(positions_.at(&entity));
  return table == nullptr ? kUnknown : *table;
}

IndexFit LiveSchema::BestIndex(const Entity& entity, const std::vector<int>& equality,
                               const std::vector<catalogue::OrderTerm>& order) const {
  return BestIndexOf(entity, Of(entity), equality, order);
}

IndexFit BestIndexOf(const Entity& entity, const LiveTable& table, const std::vector<int>& given,
                     const std::vector<catalogue::OrderTerm>& order) {
  std::vector<int> equality = given;
  const bool asks_tenant = entity.tenant && std::find(given.begin(), given.end(), *entity.tenant) == given.end();
  if (asks_tenant) equality.push_back(*entity.tenant);  // every statement does
  std::vector<std::string> names;
  for (int column : equality) names.push_back(entity.columns[column].name);
  std::vector<catalogue::OrderTerm> rest = WithoutConstants(order, equality);
  IndexFit best = IndexFit::kNone;
  for (const LiveIndex& index : table.indexes) best = std::max(best, FitOf(entity, table, index, names, rest));
  return best;
}

bool LiveSchema::HasIndexFor(const Entity& entity, const std::vector<int>& equality,
                             const std::vector<catalogue::OrderTerm>& order) const {
  return BestIndex(entity, equality, order) == IndexFit::kFilterAndOrder;
}

bool CoversNotDeleted(const Entity& entity, const LiveTable& table, const std::string& where) {
  auto quoted = [&](int index) {
    const LiveColumn* column = table.FindColumn(entity.columns[index].name);
    return column == nullptr ? std::string() : column->quoted_name;
  };
  // With both columns a row is live when both say so; a predicate on one of them covers those rows and more.
  std::vector<std::string> live;
  if (entity.deleted_at.has_value()) live.push_back(absl::StrCat("(", quoted(*entity.deleted_at), " IS NULL)"));
  if (entity.deleted_flag.has_value()) {
    const std::string flag = quoted(*entity.deleted_flag);
    live.push_back(absl::StrCat("(NOT ", flag, ")"));
    if (where == absl::StrCat("(", flag, " = false)")) return true;
  }
  if (live.size() == 2 && where == absl::StrCat("(", live[0], " AND ", live[1], ")")) return true;
  return std::find(live.begin(), live.end(), where) != live.end();
}

}  // namespace rowkeeper::schema
