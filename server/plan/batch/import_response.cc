#include "server/plan/batch/import_response.h"

#include <google/protobuf/descriptor.h>

#include "rowkeeper/v1/annotations.pb.h"
#include "server/base/text.h"
#include "server/catalogue/options.h"
#include "server/plan/filter/binding.h"

namespace rowkeeper::plan {
namespace {

using google::protobuf::FieldDescriptor;

struct Place {
  const char* name;
  const FieldDescriptor* ImportFields::*field;
  bool upserts_only;
};

constexpr Place kFactPlaces[] = {
    {"imported", &ImportFields::imported, false},  {"chunks", &ImportFields::chunks, false},
    {"inserted", &ImportFields::inserted, true},   {"updated", &ImportFields::updated, true},
    {"unchanged", &ImportFields::unchanged, true},
};

/// nullptr when the field has no meaning.
const Place* FactPlaceOf(const FieldDescriptor& field) {
  const v1::Binding binding = catalogue::ReadOptions(field).GetExtension(v1::bind);
  if (binding != v1::BINDING_UNSPECIFIED) return binding == v1::BINDING_AFFECTED ? &kFactPlaces[0] : nullptr;
  for (const Place& place : kFactPlaces) {
    if (field.name() == place.name) return &place;
  }
  return nullptr;
}

}  // namespace

ImportFields ImportFieldsOf(const google::protobuf::Descriptor& response) {
  ImportFields fields;
  for (int i = 0; i < response.field_count(); ++i) {
    if (const Place* place = FactPlaceOf(*response.field(i)); place != nullptr)
      fields.*(place->field) = response.field(i);
  }
  return fields;
}

void BindImportResponse(MethodPlan* plan, catalogue::Diagnostics* diagnostics) {
  const google::protobuf::Descriptor& response = *plan->method->output_type();
  plan->response.shape = ResponseShape::kFacts;
  const bool upserts = plan->change() == catalogue::Change::kUpsert;
  for (int i = 0; i < response.field_count(); ++i) {
    const FieldDescriptor& field = *response.field(i);
    const Place* place = FactPlaceOf(field);
    if (place == nullptr || (place->upserts_only && !upserts)) {
      diagnostics->Error(
          field, "a response field that nothing fills",
          Cat("an import answers `int64 imported`, `int64 chunks`",
              upserts ? ", `int64 inserted`, `int64 updated`, `int64 unchanged`" : "", "; remove this one"));
    } else if (field.type() != FieldDescriptor::TYPE_INT64 || field.is_repeated()) {
      diagnostics->Error(field, Cat("has type ", TypeName(field), " but ", place->name, " needs int64"), "write int64");
    }
  }
  if (ImportFieldsOf(response).imported != nullptr) return;
  diagnostics->Error(*plan->method, "whose stream broke could not tell how many rows are stored",
                     Cat("add `int64 imported` to ", response.full_name()));
}

bool IsImport(const MethodPlan& plan) { return plan.method->client_streaming(); }

bool IsStreaming(const MethodPlan& plan) { return plan.method->client_streaming() || plan.method->server_streaming(); }

}  // namespace rowkeeper::plan
