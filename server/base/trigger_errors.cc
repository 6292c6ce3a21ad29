#include "server/base/trigger_errors.h"

#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "server/base/error_builder.h"
#include "server/base/text.h"

namespace rowkeeper {
namespace {

std::string OfEntity(const DatabaseRefusal& refusal, std::string_view otherwise) {
  return refusal.entity.empty() ? std::string(otherwise) : Cat(" change of ", refusal.entity);
}

/// " (SQLSTATE 23505, audit(), constraint audit_pkey of audit)".
std::string Origin(const DatabaseRefusal& refusal) {
  std::vector<std::string> facts;
  if (!refusal.sqlstate.empty()) facts.push_back(Cat("SQLSTATE ", ShownInError(refusal.sqlstate)));
  if (!refusal.function.empty()) facts.push_back(ShownInError(refusal.function));
  if (!refusal.constraint.empty()) {
    facts.push_back(Cat("constraint ", ShownInError(refusal.constraint),
                        refusal.table.empty() ? "" : Cat(" of ", ShownInError(refusal.table))));
  }
  return facts.empty() ? "" : Cat(" (", absl::StrJoin(facts, ", "), ")");
}

absl::Status Build(const DatabaseRefusal& refusal, std::string_view message) {
  return ErrorBuilder(Reason::kTriggerRefused, message)
      .With("entity", refusal.entity)
      .With("sqlstate", refusal.sqlstate)
      .With("function", refusal.function)
      .With("constraint", refusal.constraint)
      .With("table", refusal.table)
      .With("field", refusal.field)
      .With("database_message", refusal.message)
      .Build();
}

}  // namespace

absl::Status RefusedByTrigger(const DatabaseRefusal& refusal) {
  return Build(refusal,
               Cat("a trigger or function of the database refused this", OfEntity(refusal, " call"), Origin(refusal),
                   refusal.message.empty() ? std::string("; ask the database's owner which rule the row breaks")
                                           : Cat(": ", ShownInError(refusal.message))));
}

absl::Status TriggerFailed(const DatabaseRefusal& refusal) {
  return Build(refusal, Cat("a trigger or function of the database failed", Origin(refusal), " and so undid this",
                            OfEntity(refusal, " call"), "; ask the database's owner to correct it"));
}

absl::Status RefusedByOtherTable(const DatabaseRefusal& refusal) {
  return Build(refusal,
               Cat("this", OfEntity(refusal, " call"), " also writes rows of the table ", ShownInError(refusal.table),
                   ", which refused them", Origin(refusal), "; ask the database's owner which rule the row breaks"));
}

}  // namespace rowkeeper
