#include "server/schema/index_need.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "server/catalogue/naming.h"
#include "server/catalogue/options.h"
#include "server/plan/page/order_by.h"
#include "server/schema/live_schema.h"

namespace rowkeeper::schema {
namespace {

using catalogue::Entity;
using catalogue::Index;
using plan::FilterOperator;

/// An index that holds every row that is not deleted.
LiveIndex IndexOver(const Entity& entity, const std::vector<catalogue::IndexTerm>& terms) {
  LiveIndex index;
  index.method = "btree";
  for (const catalogue::IndexTerm& term : terms) {
    index.terms.push_back({entity.columns[term.column].name, term.descending});
  }
  return index;
}

LiveIndex KeyOver(const Entity& entity, const std::vector<int>& columns) {
  std::vector<catalogue::IndexTerm> terms;
  for (const int column : columns) terms.push_back({column, false});
  LiveIndex index = IndexOver(entity, terms);
  index.unique = true;
  return index;
}

/// The indexes that the declaration brings, as far as they serve methods.
LiveTable DeclaredIndexes(const Entity& entity) {
  LiveTable table;
  table.indexes.push_back(KeyOver(entity, entity.InTable(entity.key)));
  for (const catalogue::UniqueKey& key : entity.unique_keys) {
    table.indexes.push_back(KeyOver(entity, entity.InTable(key.columns)));
  }
  for (const Index& declared : entity.indexes) {
    if (!declared.where.empty()) continue;
    table.indexes.push_back(IndexOver(entity, declared.terms));
    table.indexes.back().method = declared.method;
    table.indexes.back().unique = declared.unique;
  }
  return table;
}

std::vector<catalogue::IndexTerm> TermsFor(const IndexNeed& need) {
  std::vector<catalogue::IndexTerm> terms;
  for (const int column : need.equality) terms.push_back({column, false});
  for (const catalogue::OrderTerm& term : need.order) {
    const bool given = std::find(need.equality.begin(), need.equality.end(), term.column) != need.equality.end();
    if (!given) terms.push_back({term.column, term.descending});
  }
  return terms;
}

/// Behind the tenant's column, as declared ones are: every statement asks for it.
std::vector<catalogue::IndexTerm> InTable(const Entity& entity, std::vector<catalogue::IndexTerm> terms) {
  const bool has_tenant = std::any_of(
      terms.begin(), terms.end(), [&entity](const catalogue::IndexTerm& term) { return term.column == entity.tenant; });
  if (entity.tenant && !has_tenant) terms.insert(terms.begin(), {*entity.tenant, false});
  return terms;
}

/// Longest row of a b-tree index, in bytes, less what the row itself takes.
constexpr int kLongestIndexRow = 2600;
constexpr int kLongestCharacter = 4, kLongestNumber = 32;

/// In bytes; more than fits where there is no limit.
int LongestValue(const catalogue::Column& column) {
  using catalogue::ValueKind;
  const catalogue::ValueType& type = column.type;
  const bool limited = type.kind != ValueKind::kString || type.max_length > 0;
  if (type.array || !limited || type.kind == ValueKind::kBytes || type.kind == ValueKind::kJson) {
    return kLongestIndexRow + 1;
  }
  if (type.kind == ValueKind::kString) return std::min(type.max_length, kLongestIndexRow) * kLongestCharacter;
  return std::max(kLongestNumber, type.precision);
}

/// Else an index would refuse values that the table takes, unless the key, which has the tenant, does.
bool HoldsEveryValue(const Entity& entity, const std::vector<catalogue::IndexTerm>& terms) {
  int bytes = 0;
  for (const catalogue::IndexTerm& term : terms) bytes += LongestValue(entity.columns[term.column]);
  return bytes <= kLongestIndexRow;
}

std::string NameFor(const Entity& entity, const std::vector<catalogue::IndexTerm>& terms) {
  const catalogue::Naming naming(catalogue::ConventionsOf(*entity.message->file()));
  std::vector<std::string> columns;
  for (const catalogue::IndexTerm& term : terms) columns.push_back(entity.columns[term.column].name);
  return naming.Index(entity.table, columns);
}

std::set<std::string> NamesIn(const Entity& entity) {
  std::set<std::string> names = {entity.primary_key_name};
  for (const catalogue::UniqueKey& key : entity.unique_keys) names.insert(key.name);
  for (const Index& index : entity.indexes) names.insert(index.name);
  return names;
}

size_t TermsIn(const IndexNeed& need) { return need.equality.size() + need.order.size(); }

std::vector<Index> IndexesFor(const Entity& entity, std::vector<IndexNeed> needs) {
  // A longer one may serve a shorter need, too.
  std::stable_sort(needs.begin(), needs.end(),
                   [](const IndexNeed& a, const IndexNeed& b) { return TermsIn(a) > TermsIn(b); });
  LiveTable table = DeclaredIndexes(entity);
  std::set<std::string> names = NamesIn(entity);
  std::vector<Index> indexes;
  for (const IndexNeed& need : needs) {
    const IndexFit fit = BestIndexOf(entity, table, need.equality, need.order);
    if (fit == IndexFit::kFilterAndOrder || (fit == IndexFit::kFilter && need.order.empty())) continue;
    Index index;
    const std::vector<catalogue::IndexTerm> terms = TermsFor(need);
    index.terms = InTable(entity, terms);
    index.name = NameFor(entity, index.terms);
    index.live_only = entity.soft_deletable();
    if (!HoldsEveryValue(entity, terms) || !names.insert(index.name).second) continue;
    table.indexes.push_back(IndexOver(entity, index.terms));
    indexes.push_back(std::move(index));
  }
  return indexes;
}

}  // namespace

IndexNeed NeedOf(const plan::MethodPlan& plan) {
  IndexNeed need;
  if (plan.change() == catalogue::Change::kCreate || plan.query != nullptr) return need;
  std::vector<int> ranges;
  for (const plan::FilterTerm& filter : plan.filters) {
    if (!filter.required) continue;
    if (filter.op == FilterOperator::kEqual || filter.op == FilterOperator::kIn) {
      need.equality.push_back(filter.column);
    } else if (filter.op >= FilterOperator::kLess && filter.op <= FilterOperator::kGreaterOrEqual &&
               std::find(ranges.begin(), ranges.end(), filter.column) == ranges.end()) {
      ranges.push_back(filter.column);
    }
  }
  // A window over one column is best read along that column, whatever the order asked for.
  if (!ranges.empty()) {
    need.order = {{ranges[0], false}};
  } else if (plan.operation == catalogue::Operation::kList) {
    need.order = plan::CompleteOrder(*plan.entity, plan.entity->default_order);
  }
  return need;
}

MethodIndexes IndexesForMethods(const std::vector<std::unique_ptr<const plan::MethodPlan>>& plans) {
  std::map<const Entity*, std::vector<IndexNeed>> needs;
  for (const auto& plan : plans) {
    if (IndexNeed need = NeedOf(*plan); !need.empty()) needs[plan->entity].push_back(std::move(need));
  }
  MethodIndexes indexes;
  for (auto& [entity, needed] : needs) {
    std::vector<Index> made = IndexesFor(*entity, std::move(needed));
    if (!made.empty()) indexes.emplace(entity, std::move(made));
  }
  return indexes;
}

}  // namespace rowkeeper::schema
