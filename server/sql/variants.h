#pragma once

#include <string>
#include <vector>

#include "server/plan/method_plan.h"
#include "server/plan/variant.h"
#include "server/sql/statement.h"

namespace rowkeeper::sql {

/// A statement that a plan can need, with words that say for which calls.
struct SampledStatement {
  std::string label;
  Statement statement;
  /// Whether only calls need it that load relations.
  enum class Of { kEveryCall, kRelations } of = Of::kEveryCall;
};

/// A plan's variant when a call gives all optional parts and asks for all columns.
plan::Variant BasicVariant(const plan::MethodPlan& plan);

/// Statements that together show every clause the plan can ever produce: each filter present and absent, each order in
/// both directions with and without a cursor (NULL cells too), each visibility, guards, probes, rereads and relations.
std::vector<SampledStatement> SampleStatements(const plan::MethodPlan& plan);

/// "PREPARE name AS …", "EXPLAIN EXECUTE name(NULL, …)" and "DEALLOCATE name", for `check` and `explain`.
std::string PrepareText(const std::string& name, const Statement& statement);
/// kVerbose: the plan's columns and the query id, too.
enum class ExplainDetail { kPlan, kVerbose };
std::string ExplainText(const std::string& name, const Statement& statement,
                        ExplainDetail detail = ExplainDetail::kPlan);
std::string DeallocateText(const std::string& name);
/// Makes EXPLAIN show the plan for any values, instead of one for NULLs.
std::string GenericPlansText();

}  // namespace rowkeeper::sql
