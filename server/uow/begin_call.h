#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "server/db/cancellation.h"
#include "server/uow/lease_times.h"
#include "server/uow/pending_call.h"
#include "server/uow/units_of_work.h"

namespace rowkeeper::uow {

class Places;

/// One Begin.
class BeginCall final : public PendingCall {
 public:
  /// Checked, with defaults filled in.
  struct Request {
    sql::TransactionMode mode;
    LeaseTimes::Limits limits;
    std::string label;
    std::string caller;
    Clock::time_point deadline;
    /// Until when it waits for a place.
    Clock::time_point wait_until;
    std::chrono::milliseconds capacity_wait{0};
  };

  BeginCall(Request begin_request, std::weak_ptr<Places> places, UnitsOfWork::BeginDone begin_done)
      : request(std::move(begin_request)), done(std::move(begin_done)), places_(std::move(places)) {}

  void Cancel(db::Cancellation::Cause cause) override;

  const Request request;
  const UnitsOfWork::BeginDone done;
  db::Cancellation cancellation;

 private:
  const std::weak_ptr<Places> places_;
};

}  // namespace rowkeeper::uow
