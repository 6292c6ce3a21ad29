#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/catalogue/entity.h"
#include "server/plan/call_parts.h"

namespace rowkeeper::plan {

// What calls of Family::kList have beside what all have; see request.h, variant.h and call.h.

struct ListRequest : WithReadMask, WithDeleted, WithExpression, WithSkipUnrepresentable {
  int32_t page_size = 0;
  int32_t skip = 0;
  /// Absent: the operation's default.
  std::optional<CountMode> count;
  std::string page_token;
  std::string order_by;
};

struct ListVariant : WithConditions, WithRelations {
  /// The complete order, ending in the key.
  std::vector<catalogue::OrderTerm> order;
  /// Continue after a cursor, whose NULL cells are flagged here (one for each order term); empty on a first page.
  std::vector<bool> cursor_nulls;
  /// The page before the cursor, whose rows come in the opposite order and are turned round.
  bool backward = false;
  /// The request has a `skip`.
  bool skip = false;

  void AppendKey(std::string* key) const;
};

/// Where the page begins, and how long it is.
struct ListBounds {
  /// The cells of the page token, one for each term of the variant's order.
  std::vector<std::optional<std::string>> cursor;
  /// Rows.
  int page_size = 0;
  /// The page is the first one as far as the request tells.
  bool first_page = true;
};

}  // namespace rowkeeper::plan
