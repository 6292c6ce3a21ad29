#pragma once

#include <string>

#include "server/catalogue/entity.h"
#include "server/plan/method_plan.h"

namespace rowkeeper::fuzz {

/// The entity rowkeeper.fuzz.v1.All, with the type of each column chosen by the field's type and name.
const catalogue::Entity& AllTypes();

/// Index of the column of this name, which must exist.
int ColumnNamed(const std::string& name);

/// rowkeeper.fuzz.v1.Fuzz.Save: every column of the nested entity is a value, its uuid a filter too, beside filters and
/// controls of the request itself.
const plan::MethodPlan& SavePlan();
/// The same RPC, as if it were a list: with the controls of lists.
const plan::MethodPlan& ListPlan();

}  // namespace rowkeeper::fuzz
