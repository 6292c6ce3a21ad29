#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <vector>

#include "server/catalogue/entity.h"

namespace rowkeeper::plan {

/// Columns of a result, by name: whether each is never NULL.
struct OutputColumns {
  struct Column {
    std::string name;
    bool not_null = false;
  };
  std::vector<Column> columns;
  /// False: there are more, of which nothing is known.
  bool complete = true;
};

/// Something that a query reads from, under the name that it has there.
struct QueryRelation {
  std::string alias;
  OutputColumns output;
  /// Of the catalogue; nullptr for all else.
  const catalogue::Entity* entity = nullptr;
  /// The tables that its columns can come from, without schema.
  std::set<std::string> tables;
};

/// The relations of one query level, and the level around it, whose columns it may name too.
struct QueryScope {
  std::vector<QueryRelation> relations;
  /// Groups with ROLLUP and its kin: any column may be NULL.
  bool grouping_sets = false;
  const QueryScope* outer = nullptr;
};

/// "id" and "t" of the column reference `t.id`; the name is empty for `t.*`.
struct ColumnName {
  std::string qualifier;
  std::string name;
};
ColumnName ReadColumnRef(const nlohmann::json& column_ref);

/// Whether the expression can be shown never to be NULL. `given` as in ReadQueryTree.
bool IsNeverNull(const nlohmann::json& expression, const QueryScope& scope, const std::vector<bool>& given);

}  // namespace rowkeeper::plan
