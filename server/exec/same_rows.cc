#include "server/exec/same_rows.h"

#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "server/base/row_errors.h"
#include "server/base/text.h"
#include "server/plan/batch/batch.h"

namespace rowkeeper::exec {
namespace {

/// Never leaves the process: "3:0,5:2".
constexpr char kSameRowsPayload[] = "rowkeeper/same-rows";

}  // namespace

absl::Status SameRows(const plan::MethodPlan& plan, const std::vector<SameRow>& rows) {
  std::vector<std::pair<std::string, std::string>> names;
  std::string places;
  for (const SameRow& row : rows) {
    names.emplace_back(plan::ElementFieldName(plan, row.element, plan.filters[0].input),
                       plan::ElementName(plan, row.first));
    places += Cat(places.empty() ? "" : ",", row.element, ":", row.first);
  }
  absl::Status error = SameRowsTwice(names);
  error.SetPayload(kSameRowsPayload, absl::Cord(places));
  return error;
}

std::vector<SameRow> SameRowsOf(const absl::Status& error) {
  std::vector<SameRow> rows;
  const auto payload = error.GetPayload(kSameRowsPayload);
  if (!payload.has_value()) return rows;
  const std::string places(*payload);
  for (const absl::string_view pair : absl::StrSplit(places, ',')) {
    const std::pair<absl::string_view, absl::string_view> ends = absl::StrSplit(pair, ':');
    SameRow row;
    if (absl::SimpleAtoi(ends.first, &row.element) && absl::SimpleAtoi(ends.second, &row.first)) rows.push_back(row);
  }
  return rows;
}

}  // namespace rowkeeper::exec
