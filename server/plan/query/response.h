#pragma once

#include <optional>

#include "server/catalogue/catalogue.h"
#include "server/plan/method_plan.h"
#include "server/plan/query/query_plan.h"
#include "server/plan/query/tree.h"

namespace rowkeeper::plan {

/// The column that `field` of a query's request or response stands for, nullable where the field may be absent.
/// nullopt after a diagnostic.
enum class QueryFieldUse { kParameter, kResult };
std::optional<catalogue::Column> QueryColumn(const google::protobuf::FieldDescriptor& field, QueryFieldUse use,
                                             catalogue::Diagnostics* diagnostics);

/// Finds where the rows of a query go in its response: into the response itself, its repeated message field or its
/// single one, or nowhere.
void BindQueryResponse(const catalogue::Catalogue& catalogue, const QueryTree& tree, MethodPlan* plan, QueryPlan* query,
                       catalogue::Diagnostics* diagnostics);

}  // namespace rowkeeper::plan
