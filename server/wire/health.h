#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "server/observe/counter.h"

namespace rowkeeper::wire {

class HealthWatcher;

/// How much callers may ask of the health service.
struct HealthLimits {
  /// Of a service's name; longer ones are refused with INVALID_ARGUMENT.
  size_t name_bytes = 256;
  /// Watch streams that are open at once, and those of one caller (see caller.h) among them; more are refused with
  /// RESOURCE_EXHAUSTED.
  int watchers = 4000;
  int watchers_per_caller = 1000;
};

/// Which of them a call was refused for.
enum class HealthLimit : uint8_t { kName, kWatchers, kWatchersPerCaller };
inline constexpr size_t kHealthLimits = static_cast<size_t>(HealthLimit::kWatchersPerCaller) + 1;

/// "watches".
std::string_view HealthLimitName(HealthLimit limit);

struct HealthStats {
  /// Watch streams that are open.
  size_t watchers = 0;
  /// By HealthLimit.
  std::array<uint64_t, kHealthLimits> refused{};
};

/// grpc.health.v1.Health. Only reads state that others set, so it answers whatever the database or the pool are doing.
/// Thread-safe. Outlives the server it is added to.
class HealthService : public grpc::health::v1::Health::CallbackService {
 public:
  enum class Status { kServing, kNotServing };

  /// Knows the whole server, under the empty name, as not serving.
  explicit HealthService(const HealthLimits& limits = HealthLimits());
  ~HealthService() override;

  /// Makes a service known, or changes it; its watchers are told when it differs. Ignored after Stop.
  void SetStatus(std::string_view service, Status status);
  /// Makes it unknown again; its watchers are told SERVICE_UNKNOWN. Ignored after Stop.
  void Forget(std::string_view service);
  /// The same for every known service and the whole server.
  void SetAll(Status status);
  /// Of every known service; the whole server has the empty name.
  std::map<std::string, Status> statuses() const;
  HealthStats stats() const;
  /// Everything is not serving from now on, and watchers are told and then dismissed with UNAVAILABLE, so that they do
  /// not hold up the server's shutdown.
  void Stop();

  grpc::ServerUnaryReactor* Check(grpc::CallbackServerContext* context,
                                  const grpc::health::v1::HealthCheckRequest* request,
                                  grpc::health::v1::HealthCheckResponse* response) override;
  grpc::ServerWriteReactor<grpc::health::v1::HealthCheckResponse>* Watch(
      grpc::CallbackServerContext* context, const grpc::health::v1::HealthCheckRequest* request) override;

 private:
  friend class HealthWatcher;
  using ServingStatus = grpc::health::v1::HealthCheckResponse::ServingStatus;

  /// SERVICE_UNKNOWN for a service that was never set.
  ServingStatus Find(const std::string& service) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Set(const std::string& service, ServingStatus status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  /// Takes a place for a Watch of `caller`, or gives the limit that it would be beyond.
  std::optional<HealthLimit> TakePlace(const std::string& caller) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  /// Of a call that is refused for `limit`, which is counted.
  absl::Status Refuse(HealthLimit limit);

  const HealthLimits limits_;
  std::array<observe::Counter, kHealthLimits> refused_;
  // Held while operations are started, which is safe: gRPC never runs a reaction inside the call that starts one.
  mutable absl::Mutex mutex_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::map<std::string, ServingStatus, std::less<>> statuses_ ABSL_GUARDED_BY(mutex_);
  std::multimap<std::string, HealthWatcher*, std::less<>> watchers_ ABSL_GUARDED_BY(mutex_);
  /// Of watchers_, by caller.
  std::map<std::string, int> places_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace rowkeeper::wire
