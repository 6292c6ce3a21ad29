#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/base/errors.h"
#include "server/plan/call.h"

namespace rowkeeper::plan {

/// Where the page that a token names lies.
enum class PagePlace {
  kAfter,   ///< after a row
  kBefore,  ///< before a row, as near as can be
  kFirst,   ///< where the list begins
  kLast,    ///< where it ends
};

/// Resolves the order, size, skip and token of a list call, whose filters are bound.
void BindPage(Call* call, const PageLimits& limits, const PageTokens& tokens, FieldViolations* violations);

/// An export has the order of the key, and goes on after the row that its token names.
void BindExport(Call* call, const PageTokens& tokens, FieldViolations* violations);

/// The token of another page of the same list. `cells` are those of the row that the page is after or before, one for
/// each term of the order.
std::string PageToken(const Call& call, const PageTokens& tokens, PagePlace place,
                      std::vector<std::optional<std::string>> cells = {});

/// `order` turned round: what came first comes last.
std::vector<catalogue::OrderTerm> Reversed(std::vector<catalogue::OrderTerm> order);

}  // namespace rowkeeper::plan
