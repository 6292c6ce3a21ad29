#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "server/admin/form.h"
#include "server/observe/counter.h"
#include "server/observe/exposition.h"
#include "server/status/view.h"
#include "server/wire/dynamic_service.h"
#include "server/wire/units_slot.h"

namespace rowkeeper::app {

/// Shorter admin tokens could be found by trying. Bytes.
inline constexpr size_t kLeastTokenBytes = 20;

/// OK for a value of --admin-token, which may be empty.
absl::Status CheckAdminToken(const std::string& token);

/// Ends calls and units of work for whoever has the admin token. Thread-safe; does not wait.
class OperatorActions {
 public:
  /// `service` and `units` outlive this object. Nobody may do anything when `token` is empty.
  OperatorActions(std::string token, wire::DynamicService* service, const wire::UnitsSlot* units);

  bool allowed() const { return !token_.empty(); }

  struct Answer {
    /// Of HTTP: 200, 400 for a form that asks for nothing, 403 without the token, 404 for what runs no more, 409 for a
    /// unit whose COMMIT is under way.
    int status = 200;
    /// What became of it, for people.
    status::Finding finding;
  };
  /// Does what a form with kTokenField and kCallField or kUnitField asks for (status/running.h); counts it, and logs
  /// from where it came.
  Answer Act(const admin::Submission& sent);

  void AddMetrics(observe::Exposition* out) const;

 private:
  enum class Outcome : uint8_t { kCallAsked, kCallNotRunning, kUnitEnded, kUnitNotRunning, kUnitCommitting };
  static constexpr size_t kOutcomes = 5;

  bool IsToken(std::string_view word) const;
  Answer EndCall(std::string_view number, const std::string& peer);
  Answer EndUnit(std::string_view id, const std::string& peer);
  void Count(Outcome outcome);

  const std::string token_;
  wire::DynamicService& service_;
  const wire::UnitsSlot& units_;
  std::array<observe::Counter, kOutcomes> ended_;
  observe::Counter refused_;
};

}  // namespace rowkeeper::app
