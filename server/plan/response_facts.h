#pragma once

#include <string>

#include "server/catalogue/diagnostics.h"
#include "server/plan/method_plan.h"

namespace rowkeeper::plan {

/// What a response can say beside its rows.
enum class Fact {
  kNextPageToken,
  kPreviousPageToken,
  kTotalSize,
  kAffected,
  kMore,
  kResults,
  kResumeToken,
  kUnrepresentable,
  kUnrepresentableCount,
};

/// Makes `field` of the response the place of a fact (a token, a count, …) when the `bind` option or a standard name
/// says so and the plan's operation gives the fact. False when it is none of them: nothing fills the field then, and
/// nothing was reported. A field of the wrong type, or a second one for the same fact, is reported.
bool BindResponseFact(const google::protobuf::FieldDescriptor& field, MethodPlan* plan,
                      catalogue::Diagnostics* diagnostics);

/// The facts that the plan's operation gives, as they are declared: "`string next_page_token`, `int64 total_size`";
/// empty when it gives none.
std::string KnownFacts(const MethodPlan& plan);

/// Whether rows go into the response.
inline bool CarriesRows(const ResponsePlan& response) {
  return response.shape != ResponseShape::kEmpty && response.shape != ResponseShape::kFacts;
}

/// Checks that a request which can ask for rows to be left out has a response that says which or how many, and the
/// reverse.
void CheckUnrepresentable(const MethodPlan& plan, catalogue::Diagnostics* diagnostics);

/// Checks what holds for facts of all row methods: a total_size that can be asked for, and so on.
void CheckResponseFacts(const MethodPlan& plan, catalogue::Diagnostics* diagnostics);

}  // namespace rowkeeper::plan
