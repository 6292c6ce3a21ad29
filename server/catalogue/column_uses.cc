#include "server/catalogue/column_uses.h"

#include <google/protobuf/descriptor.h>

namespace rowkeeper::catalogue {

bool CanBeSortable(const Column& column) { return !column.type.array && column.type.kind != ValueKind::kJson; }

bool CanBeFilterable(const Column& column) {
  if (column.type.kind != ValueKind::kJson || column.field->is_map()) return true;
  const google::protobuf::Descriptor* message = column.field->message_type();
  return !column.field->is_repeated() && message != nullptr && message->full_name() == "google.protobuf.Struct";
}

}  // namespace rowkeeper::catalogue
