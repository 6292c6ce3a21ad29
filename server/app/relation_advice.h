#pragma once

#include <string>
#include <vector>

#include "server/catalogue/catalogue.h"
#include "server/schema/live_schema.h"

namespace rowkeeper::app {

/// For each relation whose rows are found by a column without an index, so that every row is read for each parent: a
/// sentence with the index that would serve.
std::vector<std::string> AdviseRelationIndexes(const catalogue::Catalogue& catalogue, const schema::LiveSchema& live);

}  // namespace rowkeeper::app
