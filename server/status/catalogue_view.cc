#include "server/status/catalogue_view.h"

#include <map>
#include <utility>

#include "server/base/text.h"
#include "server/status/cells.h"

namespace rowkeeper::status {
namespace {

/// A picture of more is no help.
constexpr size_t kDrawnEntities = 60;

Drawing MakeDrawing(const CatalogueData& data) {
  Drawing drawing;
  drawing.caption = "Entities and what they refer to";
  std::map<std::string, size_t> numbers;
  for (const EntityRow& entity : data.entities) {
    if (numbers.size() == kDrawnEntities) break;
    if (numbers.emplace(entity.name, drawing.nodes.size()).second) drawing.nodes.push_back(entity.name);
  }
  for (const RelationRow& relation : data.relations) {
    const auto from = numbers.find(relation.from);
    const auto to = numbers.find(relation.to);
    if (from != numbers.end() && to != numbers.end()) drawing.edges.push_back({from->second, to->second});
  }
  return drawing;
}

Table MakeEntityTable(const std::vector<EntityRow>& entities) {
  Table table{"list",
              "Entities",
              {{"name", "Entity"}, {"table", "Table"}, {"columns", "Columns"}, {"deletion", "Deleted rows are"}},
              {},
              "There are none.",
              0};
  for (const EntityRow& entity : entities) {
    table.rows.push_back(
        {CodeCell(entity.name), CodeCell(entity.table), CountCell(entity.columns), TextCell(entity.deletion)});
  }
  return table;
}

Table MakeRelationTable(const std::vector<RelationRow>& relations) {
  Table table{"relations",
              "Relations",
              {{"from", "Of"}, {"field", "Field"}, {"to", "Leads to"}, {"number", "How many"}},
              {},
              "No entity has relations.",
              0};
  for (const RelationRow& relation : relations) {
    table.rows.push_back(
        {CodeCell(relation.from), CodeCell(relation.field), CodeCell(relation.to), TextCell(relation.number)});
  }
  return table;
}

}  // namespace

View MakeCatalogueView(const CatalogueData& data) {
  View view;
  view.path = "/status/catalogue";
  view.title = "Catalogue";
  view.made = data.now;
  view.verdict = {Tone::kPlain,
                  Cat(data.entities.size(), " entities, ", data.relations.size(), " relations and ",
                      data.methods.size() + data.methods_left_out, " methods are served."),
                  ""};
  std::vector<Block> entities;
  if (!data.relations.empty()) entities.emplace_back(MakeDrawing(data));
  entities.emplace_back(MakeEntityTable(data.entities));
  entities.emplace_back(MakeRelationTable(data.relations));
  view.sections.push_back({"entities", "Entities", std::move(entities)});
  Table methods{"list", "Methods and their SQL", {{"method", "Method"}, {"entity", "Entity"}, {"sql", "SQL"}},
                {},     "There are none.",       data.methods_left_out};
  for (const MethodRow& method : data.methods) {
    methods.rows.push_back({CodeCell(method.name), CodeCell(method.entity), CodeCell(method.sql)});
  }
  view.sections.push_back({"methods", "Methods", {std::move(methods)}});
  return view;
}

}  // namespace rowkeeper::status
