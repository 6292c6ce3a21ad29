#include "server/uow/lease_times.h"

#include "absl/time/time.h"
#include "server/base/text.h"

namespace rowkeeper::uow {
namespace {

std::string Text(std::chrono::milliseconds duration) { return absl::FormatDuration(absl::FromChrono(duration)); }

}  // namespace

std::string LeaseTimes::Explain(EndCause cause) const {
  switch (cause) {
    case EndCause::kIdleLimit:
      return Cat("no call came for ", Text(limits_.idle));
    case EndCause::kTotalLimit:
      return Cat("it was open for ", Text(limits_.total), ", the longest that Begin allowed");
    case EndCause::kConnectionLost:
      return "the connection to the database was lost";
    case EndCause::kShutdown:
      return "the server was stopped";
    case EndCause::kOperator:
      return "an operator of the server ended it";
    case EndCause::kNone:
    case EndCause::kCaller:
      return "";
  }
  return "";
}

}  // namespace rowkeeper::uow
