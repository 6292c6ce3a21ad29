#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "server/db/cancellation.h"
#include "server/uow/lease_times.h"
#include "server/uow/task.h"
#include "server/uow/units_of_work.h"

namespace rowkeeper::uow {

class Admission;

/// One Begin, from its coming to its answer.
class BeginTask final : public Task {
 public:
  /// Checked, with defaults filled in.
  struct Request {
    sql::TransactionMode mode;
    LeaseTimes::Limits limits;
    std::string label;
    std::string caller;
    /// See BeginOptions.
    std::shared_ptr<const void> catalogue;
    Clock::time_point deadline;
    /// Until when it waits for a slot.
    Clock::time_point wait_until;
    std::chrono::milliseconds capacity_wait{0};
    /// See BeginOptions.
    observe::CallContext* call = nullptr;
  };

  BeginTask(Request task_request, std::weak_ptr<Admission> admission, UnitsOfWork::BeginDone task_done)
      : request(std::move(task_request)), done(std::move(task_done)), admission_(std::move(admission)) {}

  void Cancel(db::Cancellation::Cause cause) override;

  const Request request;
  const UnitsOfWork::BeginDone done;
  db::Cancellation cancellation;

 private:
  const std::weak_ptr<Admission> admission_;
};

}  // namespace rowkeeper::uow
