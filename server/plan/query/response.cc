#include "server/plan/query/response.h"

#include <google/protobuf/descriptor.h>

#include <optional>
#include <set>
#include <string>

#include "rowkeeper/v1/annotations.pb.h"
#include "server/base/text.h"
#include "server/catalogue/options.h"
#include "server/catalogue/value_type_compiler.h"
#include "server/plan/response_facts.h"

namespace rowkeeper::plan {
namespace {

using catalogue::Column;
using catalogue::Diagnostics;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

/// Options that say something of a column beyond its type have no meaning for a query's fields.
void CheckFieldOptions(const FieldDescriptor& field, const v1::ColumnOptions& options, QueryFieldUse use,
                       Diagnostics* diagnostics) {
  std::vector<const FieldDescriptor*> given;
  options.GetReflection()->ListFields(options, &given);
  static const auto* const known = new std::set<std::string>{"type", "max_length", "precision", "scale"};
  for (const FieldDescriptor* option : given) {
    const bool names_column = use == QueryFieldUse::kResult && option->name() == "name";
    if (known->count(option->name()) > 0 || names_column) continue;
    diagnostics->Error(field, Cat("(rowkeeper.v1.column).", option->name(), " has no meaning for a field of a query"),
                       use == QueryFieldUse::kResult
                           ? "remove it; type, precision, scale, max_length and name are known here"
                           : "remove it; type, precision, scale and max_length are known here");
  }
}

/// Whether a field of this type is one value, and no row.
bool IsOneValue(const FieldDescriptor& field) {
  const Descriptor* message = field.message_type();
  if (message == nullptr || field.is_map()) return true;
  return message->well_known_type() != Descriptor::WELLKNOWNTYPE_UNSPECIFIED ||
         message->full_name() == "google.type.Date";
}

class QueryResponseBinder {
 public:
  QueryResponseBinder(const catalogue::Catalogue& catalogue, const QueryTree& tree, MethodPlan* plan, QueryPlan* query,
                      Diagnostics* diagnostics)
      : catalogue_(catalogue), tree_(tree), plan_(*plan), query_(*query), diagnostics_(*diagnostics) {}

  void Bind() {
    const Descriptor& response = *plan_.method->output_type();
    if (response.full_name() == "google.protobuf.Empty") {
      plan_.response.shape = ResponseShape::kEmpty;
    } else if (catalogue_.FindEntity(response.full_name()) != nullptr) {
      plan_.response.shape = ResponseShape::kEntity;
      AddColumns(response);
    } else {
      BindMessage(response);
    }
    CheckRows();
  }

 private:
  void BindMessage(const Descriptor& response) {
    std::vector<const FieldDescriptor*> rest;
    for (int i = 0; i < response.field_count(); ++i) {
      const FieldDescriptor& field = *response.field(i);
      // A SELECT has no affected rows, so that its result may have a column of that name.
      if (tree_.kind == QueryTree::Kind::kSelect || !BindResponseFact(field, &plan_, &diagnostics_))
        rest.push_back(&field);
    }
    if (rest.empty()) {
      plan_.response.shape = ResponseShape::kFacts;
    } else if (rest.size() == 1 && !IsOneValue(*rest[0])) {
      plan_.response.rows = rest[0];
      plan_.response.shape = rest[0]->is_repeated() ? ResponseShape::kList : ResponseShape::kHolder;
      AddColumns(*rest[0]->message_type());
    } else {
      plan_.response.shape = ResponseShape::kEntity;
      for (const FieldDescriptor* field : rest) AddColumn(*field);
    }
  }

  void AddColumns(const Descriptor& row) {
    if (const catalogue::Entity* entity = catalogue_.FindEntity(row.full_name())) {
      query_.columns = entity->columns;
      for (Column& column : query_.columns) column.nullable = column.field->has_presence();
      return;
    }
    for (int i = 0; i < row.field_count(); ++i) AddColumn(*row.field(i));
  }

  void AddColumn(const FieldDescriptor& field) {
    std::optional<Column> column = QueryColumn(field, QueryFieldUse::kResult, &diagnostics_);
    if (!column) return;
    for (const Column& other : query_.columns) {
      if (other.name != column->name) continue;
      diagnostics_.Error(field, Cat("stands for the column ", column->name, ", as ", other.field->name(), " does"),
                         "keep one of them");
      return;
    }
    query_.columns.push_back(*std::move(column));
  }

  void CheckRows() {
    const google::protobuf::MethodDescriptor& method = *plan_.method;
    if (tree_.returns_rows && !CarriesRows(plan_.response)) {
      const bool called_for_effect = tree_.kind == QueryTree::Kind::kSelect && !plan_.query_reads;
      if (called_for_effect && plan_.response.shape == ResponseShape::kEmpty) return;
      diagnostics_.Error(method, "the statement returns rows, and the response has no place for them",
                         tree_.kind == QueryTree::Kind::kSelect
                             ? "return a message whose fields are its columns, or one with a repeated field of such"
                             : "remove RETURNING, or return a message whose fields are its columns");
    } else if (!tree_.returns_rows && CarriesRows(plan_.response)) {
      diagnostics_.Error(method, "the statement returns no rows, and the response has fields for them",
                         "add RETURNING, or return google.protobuf.Empty or a message with `int64 affected` alone");
    } else if (CarriesRows(plan_.response) && query_.columns.empty()) {
      diagnostics_.Error(method,
                         Cat("rows of ",
                             plan_.response.rows == nullptr ? plan_.method->output_type()->full_name()
                                                            : plan_.response.rows->message_type()->full_name(),
                             " have no fields"),
                         "declare a field for each column");
    }
  }

  const catalogue::Catalogue& catalogue_;
  const QueryTree& tree_;
  MethodPlan& plan_;
  QueryPlan& query_;
  Diagnostics& diagnostics_;
};

}  // namespace

std::optional<Column> QueryColumn(const FieldDescriptor& field, QueryFieldUse use, Diagnostics* diagnostics) {
  const v1::ColumnOptions options = catalogue::ColumnOptionsOf(field);
  CheckFieldOptions(field, options, use, diagnostics);
  if (field.message_type() != nullptr && catalogue::IsEntity(*field.message_type())) {
    diagnostics->Error(field, Cat("holds the entity ", field.message_type()->full_name(), ", which is no single value"),
                       use == QueryFieldUse::kParameter
                           ? "declare a field for each value that the query takes"
                           : "make it the only field of the response, or declare a field for each column");
    return std::nullopt;
  }
  std::optional<catalogue::ValueType> type = catalogue::CompileValueType(field, options, diagnostics);
  if (!type) return std::nullopt;
  Column column;
  column.name = options.name().empty() ? field.name() : options.name();
  column.field = &field;
  column.type = *std::move(type);
  column.nullable = field.has_presence();
  return column;
}

void BindQueryResponse(const catalogue::Catalogue& catalogue, const QueryTree& tree, MethodPlan* plan, QueryPlan* query,
                       Diagnostics* diagnostics) {
  QueryResponseBinder(catalogue, tree, plan, query, diagnostics).Bind();
}

}  // namespace rowkeeper::plan
