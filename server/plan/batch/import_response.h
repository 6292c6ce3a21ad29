#pragma once

#include "server/catalogue/diagnostics.h"
#include "server/plan/method_plan.h"

namespace rowkeeper::plan {

/// Where the answers of an import say how far it is; nullptr where they have no field for it. All are int64.
struct ImportFields {
  /// Rows stored so far: `imported`, or what BINDING_AFFECTED names.
  const google::protobuf::FieldDescriptor* imported = nullptr;
  /// Request messages stored so far.
  const google::protobuf::FieldDescriptor* chunks = nullptr;
  /// Upserts: what was done to the rows.
  const google::protobuf::FieldDescriptor* inserted = nullptr;
  const google::protobuf::FieldDescriptor* updated = nullptr;
  const google::protobuf::FieldDescriptor* unchanged = nullptr;
};

/// The fields of an import's answers, by their names.
ImportFields ImportFieldsOf(const google::protobuf::Descriptor& response);

/// Checks the answers of an import, whose plan is that of its chunks. Mistakes go to `diagnostics`.
void BindImportResponse(MethodPlan* plan, catalogue::Diagnostics* diagnostics);

/// Whether the method is an import, whose plan is otherwise that of a batch create or a batch upsert.
bool IsImport(const MethodPlan& plan);
/// Whether the method is an import or an export, which are calls of their own: in no unit of work and no run.
bool IsStreaming(const MethodPlan& plan);

}  // namespace rowkeeper::plan
