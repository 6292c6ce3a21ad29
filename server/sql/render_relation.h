#pragma once

#include <string>
#include <vector>

#include "server/plan/relation/selection.h"
#include "server/plan/variant.h"
#include "server/sql/statement.h"

namespace rowkeeper::sql {

/// The rows of one relation for any number of parents. Its first parameter, Source::kParentKeys, is the array of the
/// parents' link values, each once; kComputed ones are SelectedRelation::operands. Cells: the visible ones, then those
/// that the relations below need, then element_cell: the place in the array, from 1. Rows of a place stand together, in
/// the relation's order. Deleted rows, of the target and of the join entity, are never among them. Pure.
Statement RenderRelation(const plan::SelectedRelation& selected);

/// Appends to `cells`, columns of `entity` that a statement returns, those that `relations` are found by. Returns the
/// place of each in `cells`, as Statement::link_cells wants it; nothing for nullptr.
std::vector<int> AddLinkCells(const plan::RelationSelection* relations, std::vector<int>* cells);

/// " ORDER BY …" without the words: "\"position\", \"id\" DESC NULLS LAST".
std::string OrderTerms(const catalogue::Entity& entity, const std::vector<catalogue::OrderTerm>& order);

}  // namespace rowkeeper::sql
