#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace rowkeeper::sql {

/// A column of a statement's result, as PostgreSQL describes it: the OIDs of its type and of the table that it comes
/// from, and its number there; 0: it comes from none.
struct ResultColumn {
  uint32_t type = 0;
  uint32_t table = 0;
  int number = 0;
};

/// position in `columns`, format_type without modifiers (a domain's base type), name of the (element) type, whether it
/// is an enum, whether the table's column is NOT NULL, the table's name; the last two NULL for a column of no table.
std::string ResultColumnsQuery(const std::vector<ResultColumn>& columns);

/// position in `names`, signature: functions that these names ("lower", "billing.tax") can mean and that PostgreSQL
/// counts as VOLATILE. Its own are left out, and those of extensions.
std::string VolatileFunctionsQuery(const std::vector<std::string>& names);

}  // namespace rowkeeper::sql
