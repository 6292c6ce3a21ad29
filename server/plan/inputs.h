#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/plan/method_plan.h"

namespace rowkeeper::plan {

/// The request's field with this role; nullptr when it has none.
const Input* FindInput(const MethodPlan& plan, InputRole role);

bool HasInput(const MethodPlan& plan, InputRole role);

/// Its name as callers know it; `otherwise` when there is none.
std::string InputName(const MethodPlan& plan, InputRole role, std::string_view otherwise);

/// Makes the field at the end of `path` an input of `plan`; one of every element where the path begins with the field
/// that holds the elements. `column` is nullptr where it stands for none. Returns the input's index.
int AddInput(InputRole role, std::vector<const google::protobuf::FieldDescriptor*> path,
             const catalogue::Column* column, MethodPlan* plan);

}  // namespace rowkeeper::plan
