#pragma once

#include <memory>
#include <vector>

#include "server/plan/method_plan.h"
#include "server/schema/fit.h"

namespace rowkeeper::schema {

/// Whether a method can be served.
struct MethodFit {
  const plan::MethodPlan* plan = nullptr;
  /// The mismatches that break it, in the report's order.
  std::vector<const Mismatch*> why;
  /// Nothing is known of its table or query yet.
  bool unknown = false;

  bool fits() const { return why.empty() && !unknown; }
};

/// Whether calls may load a relation beside their rows.
struct RelationFit {
  /// Who has the relation.
  const catalogue::Entity* entity = nullptr;
  const catalogue::Relation* relation = nullptr;
  std::vector<const Mismatch*> why;
  bool unknown = false;

  bool fits() const { return why.empty() && !unknown; }
};

/// What of a catalogue can be served. Points into the report, the catalogue and the plans.
struct ServiceFit {
  /// One for each plan, in their order.
  std::vector<MethodFit> methods;
  /// Those that do not fit.
  std::vector<RelationFit> relations;
};

/// Decides for each method and relation which mismatches of `report` break it. A method is broken when a statement that
/// it can produce would be refused or would do something else than declared; relations are apart, because only calls
/// whose read mask names them need them. Renders the statements of methods whose table has lost a column, and no
/// others.
ServiceFit FitOfMethods(const catalogue::Catalogue& catalogue,
                        const std::vector<std::unique_ptr<const plan::MethodPlan>>& plans, const FitReport& report);

}  // namespace rowkeeper::schema
