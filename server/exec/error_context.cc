#include "server/exec/error_context.h"

#include <google/protobuf/descriptor.h>

#include "absl/strings/str_join.h"
#include "server/base/text.h"

namespace rowkeeper::exec {
namespace {

using catalogue::Check;
using catalogue::Column;
using catalogue::Entity;
using Constraint = db::ErrorContext::Constraint;

/// What callers write for the labels of an enum column.
std::string EnumNames(const Column& column) {
  const google::protobuf::EnumDescriptor& type = *column.field->enum_type();
  return absl::StrJoin(column.type.labels, ", ", [&type](std::string* out, const catalogue::EnumLabel& label) {
    out->append(type.FindValueByNumber(label.number)->name());
  });
}

std::string DescribeCheck(const Entity& entity, const Check& check) {
  switch (check.kind) {
    case Check::Kind::kEnumLabels:
      return Cat("must be one of ", EnumNames(entity.columns[check.columns[0]]));
    case Check::Kind::kUint32Range:
      return "must be between 0 and 4294967295";
    case Check::Kind::kUint64Range:
      return "must be between 0 and 18446744073709551615";
    case Check::Kind::kAtMostOne:
      return "at most one of the fields may be set";
  }
  return "";
}

Constraint UniqueKey(const Entity& entity, const std::vector<int>& columns) {
  Constraint key{Constraint::Kind::kUnique, entity.FieldNames(columns), "", ""};
  for (int column : entity.InTable(columns)) key.columns.push_back(entity.columns[column].name);
  return key;
}

db::ErrorContext Describe(const Entity& entity) {
  db::ErrorContext context;
  context.entity = entity.full_name;
  context.schema = entity.schema;
  context.table = entity.table;
  if (entity.show_database_messages) context.raised_messages = db::RaisedMessages::kShow;
  context.constraints[entity.primary_key_name] = UniqueKey(entity, entity.key);
  for (const catalogue::UniqueKey& key : entity.unique_keys) {
    context.constraints[key.name] = UniqueKey(entity, key.columns);
  }
  for (const catalogue::Index& index : entity.indexes) {
    if (!index.unique) continue;
    std::vector<int> columns;
    for (const catalogue::IndexTerm& term : index.terms) {
      if (term.column != entity.tenant) columns.push_back(term.column);
    }
    context.constraints[index.name] = UniqueKey(entity, columns);
  }
  for (const Check& check : entity.checks) {
    context.constraints[check.name] = {Constraint::Kind::kCheck, entity.FieldNames(check.columns), "",
                                       DescribeCheck(entity, check)};
  }
  for (const Column& column : entity.columns) {
    context.fields[column.name] = column.field->name();
    if (!column.reference.has_value()) continue;
    std::vector<std::string> names = {column.name};
    if (entity.tenant && column.reference->entity->tenant) {
      names.insert(names.begin(), entity.columns[*entity.tenant].name);
    }
    context.constraints[column.reference->constraint] = {Constraint::Kind::kReference,
                                                         {column.field->name()},
                                                         column.reference->entity->full_name,
                                                         "",
                                                         std::move(names)};
  }
  return context;
}

}  // namespace

ErrorContexts::ErrorContexts(const catalogue::Catalogue& catalogue) {
  absl::flat_hash_map<const Entity*, db::ErrorContext> contexts;
  for (const auto& entity : catalogue.entities()) contexts[entity.get()] = Describe(*entity);
  // A row that others point to is refused deletion by their constraint, which must be told from this side.
  for (const auto& entity : catalogue.entities()) {
    for (const Column& column : entity->columns) {
      if (!column.reference.has_value() || column.reference->entity == entity.get()) continue;
      contexts[column.reference->entity].constraints.try_emplace(
          column.reference->constraint, Constraint{Constraint::Kind::kReference, {}, entity->full_name, ""});
    }
  }
  for (auto& [entity, context] : contexts) {
    contexts_[entity] = std::make_shared<const db::ErrorContext>(std::move(context));
  }
}

db::ErrorWords ErrorContexts::Words() const {
  db::ErrorWords words;
  for (const auto& [entity, context] : contexts_) words.tables.emplace(context->table, context);
  return words;
}

}  // namespace rowkeeper::exec
