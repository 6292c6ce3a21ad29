#pragma once

#include <string>
#include <vector>

#include "server/status/view.h"

namespace rowkeeper::status {

struct EntityRow {
  /// "planner.v1.Todo"
  std::string name;
  std::string table;
  size_t columns = 0;
  /// How rows are deleted: "kept", "gone".
  std::string deletion;
};

struct RelationRow {
  std::string from;
  /// The field of `from`.
  std::string field;
  std::string to;
  /// "one" or "many"
  std::string number;
};

struct MethodRow {
  /// "planner.v1.TodoRepository.List"
  std::string name;
  std::string entity;
  /// The statement that it executes when nothing special is asked for.
  std::string sql;
};

/// What the server serves; in the order of the catalogue.
struct CatalogueData {
  Clock::wall_time_point now;
  std::vector<EntityRow> entities;
  std::vector<RelationRow> relations;
  std::vector<MethodRow> methods;
  /// Methods that are not among these.
  size_t methods_left_out = 0;
};

/// Entities, how they are related, as a picture and as a table, and methods with their SQL.
View MakeCatalogueView(const CatalogueData& data);

}  // namespace rowkeeper::status
