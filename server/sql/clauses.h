#pragma once

#include <string>
#include <vector>

#include "server/catalogue/entity.h"
#include "server/sql/predicates.h"
#include "server/sql/statement.h"

namespace rowkeeper::sql {

/// The quoted name of a column.
std::string ColumnName(const catalogue::Entity& entity, int column);

/// The quoted names of columns, separated by commas.
std::string ColumnList(const catalogue::Entity& entity, const std::vector<int>& columns);

/// An assignment that changes nothing, for an UPDATE that only looks at a row and locks it.
std::string NoChange(const catalogue::Entity& entity);
/// Appends to `cells`, columns of `entity` that a read returns, what they lack of its key, by which errors name a row.
/// Nothing where no cell can hold a value that its field cannot carry.
void AddKeyCells(const catalogue::Entity& entity, std::vector<int>* cells);

/// A statement whose first `visible` of `cells` go into the response.
Statement Finish(std::string text, ParameterList* parameters, std::vector<int> cells, int visible);

/// Appends the column of the tenant and the caller's tenant as its value, to what a new row is given; nothing where the
/// entity has no tenants.
void AppendTenant(const catalogue::Entity& entity, ParameterList* parameters, std::vector<std::string>* names,
                  std::vector<std::string>* values);

/// What marks a row as deleted, at the time that the expression `time` gives, …
void AppendDeletion(const catalogue::Entity& entity, const std::string& time, std::vector<std::string>* assignments);
/// … and what takes that back.
void AppendRestoration(const catalogue::Entity& entity, std::vector<std::string>* assignments);

/// What every change of a row does beside its purpose: updated_at and version. `table` is put before the stored version
/// where its name alone could mean another ("" or "\"todos\".").
void AppendHousekeeping(const catalogue::Entity& entity, const std::string& table,
                        std::vector<std::string>* assignments);

}  // namespace rowkeeper::sql
