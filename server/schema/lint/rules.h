#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/schema/lint/effect.h"

namespace rowkeeper::schema {

/// What `migrate lint` warns of. Where squawk has the same rule, it has squawk's name.
struct LintRule {
  std::string_view name;
  /// What happens, as a sentence without its end.
  std::string_view reason;
  /// What to write in its place.
  std::string_view safe_form;
};

/// All of them, by name.
const std::vector<LintRule>& LintRules();
/// nullptr when there is none.
const LintRule* FindLintRule(std::string_view name);

/// The rule that an effect on a table that exists breaks, whatever stands around it; nullptr when it breaks none.
const LintRule* RuleBrokenBy(const Effect& effect);

}  // namespace rowkeeper::schema
