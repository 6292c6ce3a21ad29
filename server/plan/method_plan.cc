#include "server/plan/method_plan.h"

#include <google/protobuf/descriptor.h>

#include "server/base/text.h"

namespace rowkeeper::plan {

MethodPlan BeginPlan(const catalogue::Entity& entity, const catalogue::Method& method) {
  const google::protobuf::MethodDescriptor& descriptor = *method.descriptor;
  MethodPlan plan;
  plan.full_name = descriptor.full_name();
  plan.path = Cat("/", descriptor.service()->full_name(), "/", descriptor.name());
  plan.method = &descriptor;
  plan.entity = &entity;
  plan.operation = method.operation;
  return plan;
}

}  // namespace rowkeeper::plan
