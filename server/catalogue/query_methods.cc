#include "server/catalogue/query_methods.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "server/catalogue/options.h"

namespace rowkeeper::catalogue {
namespace {

namespace pb = google::protobuf;

void AddMessages(const pb::MethodDescriptor& method, std::set<const pb::Descriptor*>* messages) {
  if (ReadOptions(method).GetExtension(v1::method).sql().empty()) return;
  const pb::Descriptor& response = *method.output_type();
  messages->insert(method.input_type());
  messages->insert(&response);
  for (int i = 0; i < response.field_count(); ++i) {
    const pb::Descriptor* row = response.field(i)->message_type();
    if (row != nullptr) messages->insert(row);
  }
}

}  // namespace

std::set<const pb::Descriptor*> QueryMessages(const Source& source) {
  std::set<const pb::Descriptor*> messages;
  for (const pb::FileDescriptor* file : source.files()) {
    for (int i = 0; i < file->service_count(); ++i) {
      const pb::ServiceDescriptor& service = *file->service(i);
      for (int k = 0; k < service.method_count(); ++k) AddMessages(*service.method(k), &messages);
    }
  }
  return messages;
}

bool IsQuery(const pb::MethodDescriptor& method, const v1::MethodOptions& options, Diagnostics* diagnostics) {
  const bool declared = options.operation() == v1::OPERATION_QUERY;
  if (!options.sql().empty()) {
    if (!declared && options.operation() != v1::OPERATION_UNSPECIFIED) {
      diagnostics->Error(method, absl::StrCat("has sql, so it is no ", v1::Operation_Name(options.operation())),
                         "remove operation, or sql");
    }
    return true;
  }
  if (declared) {
    diagnostics->Error(method, "a query without sql",
                       "add, for example, `option (rowkeeper.v1.method).sql = \"SELECT …\";`");
  }
  if (options.include_deleted()) {
    diagnostics->Error(method, "include_deleted has no meaning without sql",
                       "remove it; other methods take a request field `deleted`");
  }
  return declared;
}

}  // namespace rowkeeper::catalogue
