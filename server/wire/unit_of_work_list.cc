#include "server/wire/unit_of_work_list.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <optional>
#include <tuple>
#include <utility>

#include "server/base/errors.h"
#include "server/base/text.h"
#include "server/wire/unit_of_work_messages.h"

namespace rowkeeper::wire {
namespace {

using plan::PageTokens;

/// A unit's place in the list: nanoseconds since 1970 of its beginning, and its id.
using UnitPosition = std::tuple<int64_t, std::string>;

UnitPosition PositionOf(const uow::UnitInfo& unit) {
  return {std::chrono::duration_cast<std::chrono::nanoseconds>(unit.begin_time.time_since_epoch()).count(), unit.id};
}

/// What a token is bound to.
std::string ListFingerprint(const v1::ListRequest& request, const UnitListPlace& place) {
  const std::string owner = place.owner.empty() ? "" : Cat("of ", place.owner.size(), ":", place.owner, " ");
  return Cat("rowkeeper.v1.UnitOfWork.List ", owner, place.server.size(), ":", place.server, request.caller());
}

std::string SealPosition(const UnitPosition& position, const PageTokens& tokens, const std::string& fingerprint) {
  return tokens.Seal({Cat(std::get<int64_t>(position)), std::get<std::string>(position)}, fingerprint);
}

std::optional<UnitPosition> OpenPosition(const std::string& token, const PageTokens& tokens,
                                         const std::string& fingerprint) {
  const std::optional<PageTokens::Cells> cells = tokens.Open(token, fingerprint);
  if (!cells.has_value() || cells->size() != 2 || !cells->front().has_value() || !cells->back().has_value()) {
    return std::nullopt;
  }
  const std::string& digits = *cells->front();
  int64_t nanos = 0;
  const char* const end = digits.data() + digits.size();
  if (std::from_chars(digits.data(), end, nanos).ptr != end) return std::nullopt;
  return UnitPosition{nanos, *cells->back()};
}

}  // namespace

absl::StatusOr<v1::ListResponse> ListUnits(const v1::ListRequest& request, std::vector<uow::UnitInfo> units,
                                           const UnitListPlace& place) {
  const std::string fingerprint = ListFingerprint(request, place);
  FieldViolations violations;
  if (request.page_size() < 0) violations.Add("page_size", "must not be negative; 0 means the default of the server");
  std::optional<UnitPosition> after;
  if (!request.page_token().empty()) {
    after = OpenPosition(request.page_token(), *place.tokens, fingerprint);
    if (!after.has_value()) {
      violations.Add(
          "page_token",
          PageTokens::IsOfAnotherRelease(request.page_token())
              ? "was made by another release of the server; leave it empty to start from the first page"
              : "is not a token of this request; send the next_page_token of the same request, with the same "
                "caller, to the same server, or leave it empty to start again");
    }
  }
  if (!violations.empty()) return violations.ToStatus();

  const auto elsewhere = [&](const uow::UnitInfo& unit) {
    return (!place.shown_caller.empty() && unit.caller != place.shown_caller) ||
           (!request.caller().empty() && unit.caller != request.caller()) ||
           (after.has_value() && PositionOf(unit) <= *after);
  };
  units.erase(std::remove_if(units.begin(), units.end(), elsewhere), units.end());
  std::sort(units.begin(), units.end(),
            [](const uow::UnitInfo& a, const uow::UnitInfo& b) { return PositionOf(a) < PositionOf(b); });

  const int wanted = request.page_size() == 0 ? place.pages.default_page_size : request.page_size();
  const auto size = static_cast<size_t>(std::min(wanted, place.pages.max_page_size));
  v1::ListResponse response;
  for (size_t i = 0; i < std::min(size, units.size()); ++i) *response.add_units_of_work() = ToProto(units[i]);
  if (units.size() > size) {
    response.set_next_page_token(SealPosition(PositionOf(units[size - 1]), *place.tokens, fingerprint));
  }
  return response;
}

}  // namespace rowkeeper::wire
