#pragma once

#include <string>
#include <vector>

#include "server/catalogue/entity.h"
#include "server/plan/method_plan.h"

namespace rowkeeper::plan {

/// Which rows an operation may find by a key.
enum class Visibility { kLive, kDeletedToo };

/// Whether values of `key` name one row: several deleted rows may share a key that binds only live ones.
bool NamesOneRow(const catalogue::UniqueKey& key, Visibility rows);

/// The fields of each key by which rows can be named, the primary key's first: "id", "owner_id + slug".
std::vector<std::string> KeyChoices(const catalogue::Entity& entity, Visibility rows);

/// "owner_id + slug"
std::string FieldNames(const catalogue::Entity& entity, const std::vector<int>& columns);

/// Reports a plan whose required equality filters cover no key by which rows can be named.
void CheckNamesOneRow(const MethodPlan& plan, Visibility rows, catalogue::Diagnostics* diagnostics);

}  // namespace rowkeeper::plan
