#pragma once

#include "server/catalogue/entity.h"
#include "server/schema/fit.h"
#include "server/schema/live_schema.h"

namespace rowkeeper::schema {

// What is to be said where names and comments do not agree (see sql/live_names.h). All in the NamesScope of what is
// compared.

/// The table has another name than declared; of one that does not exist: another one has its name.
bool HasOtherName(const catalogue::Entity& entity);
/// Statements about a table that is not known for the entity's could read and write another one; or it is known, as
/// `table`, but names are not followed where there are tenants.
Mismatch TableIsNotUsed(const catalogue::Entity& entity, const LiveTable& table);
/// A column has the name, but is another one, or may be.
Mismatch ColumnIsNotUsed(const catalogue::Entity& entity, const catalogue::Column& column, const LiveTable& table);

/// Of an entity in a catalogue with tenants: adds what keeps the table from being served because the database has a
/// column under another name, or another one under its name. Returns whether there is any.
bool HasColumnsOfOtherNames(const catalogue::Entity& entity, const LiveTable& table, FitReport* report);

/// Adds advice where the database has another name than declared.
void AdviseOnTableName(const catalogue::Entity& entity, FitReport* report);
void AdviseOnName(const catalogue::Entity& entity, const catalogue::Column& column, const LiveColumn& live,
                  FitReport* report);

}  // namespace rowkeeper::schema
