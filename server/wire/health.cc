#include "server/wire/health.h"

#include <utility>

#include "server/base/errors.h"
#include "server/base/text.h"
#include "server/base/utf8.h"
#include "server/wire/caller.h"
#include "server/wire/status.h"

namespace rowkeeper::wire {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

namespace {

absl::Status UnknownService(const std::string& service) {
  return absl::NotFoundError(Cat("no service ", ShortenUtf8(service, 200),
                                 " here; list the services with reflection, or leave the name empty for the server"));
}

absl::Status NameTooLong(size_t most) {
  return absl::InvalidArgumentError(
      Cat("service: the name is longer than ", most, " bytes; no service has such a name"));
}

absl::Status TooManyWatchers(const HealthLimits& limits) {
  return absl::ResourceExhaustedError(Cat("too many Watch streams are open (", limits.watchers, " in all and ",
                                          limits.watchers_per_caller,
                                          " of one caller may be); use one for each "
                                          "connection, or Check"));
}

/// A Watch that is refused.
class RefusedWatch : public grpc::ServerWriteReactor<HealthCheckResponse> {
 public:
  explicit RefusedWatch(const absl::Status& status) { Finish(ToGrpcStatus(status)); }

 private:
  void OnDone() override { delete this; }
};

}  // namespace

/// One Watch stream. Writes one response at a time and, when several changes come meanwhile, only the newest: watchers
/// want the state, not its history. All state is guarded by the service's mutex.
class HealthWatcher : public grpc::ServerWriteReactor<HealthCheckResponse> {
 public:
  /// A place was taken for `caller`.
  HealthWatcher(HealthService* service, std::string name, std::string caller)
      : service_(service), name_(std::move(name)), caller_(std::move(caller)) {}

  /// Registers the watcher and sends the first status.
  void Start() ABSL_EXCLUSIVE_LOCKS_REQUIRED(service_->mutex_) {
    service_->watchers_.emplace(name_, this);
    Update();
  }

  void Update() ABSL_EXCLUSIVE_LOCKS_REQUIRED(service_->mutex_) {
    if (writing_ || finished_) return;
    const auto status = service_->Find(name_);
    if (!sent_ || response_.status() != status) {
      response_.set_status(status);
      sent_ = true;
      writing_ = true;
      StartWrite(&response_);
    } else if (service_->stopped_) {
      End(ToGrpcStatus(ShuttingDown()));
    }
  }

 private:
  void OnWriteDone(bool ok) override {
    absl::MutexLock lock(&service_->mutex_);
    writing_ = false;
    if (ok) {
      Update();
    } else {
      End(grpc::Status::CANCELLED);
    }
  }

  void OnCancel() override {
    absl::MutexLock lock(&service_->mutex_);
    End(grpc::Status::CANCELLED);
  }

  void OnDone() override {
    {
      absl::MutexLock lock(&service_->mutex_);
      const auto [begin, end] = service_->watchers_.equal_range(name_);
      for (auto watcher = begin; watcher != end; ++watcher) {
        if (watcher->second != this) continue;
        service_->watchers_.erase(watcher);
        break;
      }
      const auto place = service_->places_.find(caller_);
      if (--place->second == 0) service_->places_.erase(place);
    }
    delete this;
  }

  void End(const grpc::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(service_->mutex_) {
    if (std::exchange(finished_, true)) return;
    Finish(status);
  }

  HealthService* const service_;
  const std::string name_;
  const std::string caller_;
  HealthCheckResponse response_;
  bool sent_ = false;
  bool writing_ = false;
  bool finished_ = false;
};

HealthService::HealthService(const HealthLimits& limits) : limits_(limits) {
  statuses_.emplace("", HealthCheckResponse::NOT_SERVING);
}
HealthService::~HealthService() = default;

std::string_view HealthLimitName(HealthLimit limit) {
  switch (limit) {
    case HealthLimit::kName:
      return "name";
    case HealthLimit::kWatchers:
      return "watches";
    case HealthLimit::kWatchersPerCaller:
      return "watches-per-caller";
  }
  return "";
}

absl::Status HealthService::Refuse(HealthLimit limit) {
  refused_[static_cast<size_t>(limit)].Add();
  return limit == HealthLimit::kName ? NameTooLong(limits_.name_bytes) : TooManyWatchers(limits_);
}

HealthStats HealthService::stats() const {
  HealthStats stats;
  for (size_t i = 0; i < kHealthLimits; ++i) stats.refused[i] = refused_[i].value();
  const absl::MutexLock lock(&mutex_);
  stats.watchers = watchers_.size();
  return stats;
}

std::optional<HealthLimit> HealthService::TakePlace(const std::string& caller) {
  if (watchers_.size() >= static_cast<size_t>(limits_.watchers)) return HealthLimit::kWatchers;
  const auto place = places_.try_emplace(caller, 0).first;
  if (place->second >= limits_.watchers_per_caller) return HealthLimit::kWatchersPerCaller;
  ++place->second;
  return std::nullopt;
}

HealthService::ServingStatus HealthService::Find(const std::string& service) const {
  const auto found = statuses_.find(service);
  return found == statuses_.end() ? HealthCheckResponse::SERVICE_UNKNOWN : found->second;
}

void HealthService::Set(const std::string& service, ServingStatus status) {
  statuses_[service] = status;
  const auto [begin, end] = watchers_.equal_range(service);
  for (auto watcher = begin; watcher != end; ++watcher) watcher->second->Update();
}

void HealthService::SetStatus(std::string_view service, Status status) {
  absl::MutexLock lock(&mutex_);
  if (stopped_) return;
  Set(std::string(service),
      status == Status::kServing ? HealthCheckResponse::SERVING : HealthCheckResponse::NOT_SERVING);
}

void HealthService::Forget(std::string_view service) {
  absl::MutexLock lock(&mutex_);
  if (stopped_) return;
  const auto known = statuses_.find(service);
  if (known == statuses_.end()) return;
  statuses_.erase(known);
  const auto [begin, end] = watchers_.equal_range(service);
  for (auto watcher = begin; watcher != end; ++watcher) watcher->second->Update();
}

void HealthService::SetAll(Status status) {
  absl::MutexLock lock(&mutex_);
  if (stopped_) return;
  const auto value = status == Status::kServing ? HealthCheckResponse::SERVING : HealthCheckResponse::NOT_SERVING;
  for (const auto& known : statuses_) Set(known.first, value);
}

std::map<std::string, HealthService::Status> HealthService::statuses() const {
  const absl::MutexLock lock(&mutex_);
  std::map<std::string, Status> all;
  for (const auto& [service, status] : statuses_) {
    all[service] = status == grpc::health::v1::HealthCheckResponse::SERVING ? Status::kServing : Status::kNotServing;
  }
  return all;
}

void HealthService::Stop() {
  absl::MutexLock lock(&mutex_);
  stopped_ = true;
  for (auto& known : statuses_) known.second = HealthCheckResponse::NOT_SERVING;
  for (const auto& watcher : watchers_) watcher.second->Update();
}

grpc::ServerUnaryReactor* HealthService::Check(grpc::CallbackServerContext* context, const HealthCheckRequest* request,
                                               HealthCheckResponse* response) {
  if (request->service().size() > limits_.name_bytes) {
    grpc::ServerUnaryReactor* const refused = context->DefaultReactor();
    refused->Finish(ToGrpcStatus(Refuse(HealthLimit::kName)));
    return refused;
  }
  {
    absl::MutexLock lock(&mutex_);
    response->set_status(Find(request->service()));
  }
  const bool known = response->status() != HealthCheckResponse::SERVICE_UNKNOWN;
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  reactor->Finish(known ? grpc::Status::OK : ToGrpcStatus(UnknownService(request->service())));
  return reactor;
}

grpc::ServerWriteReactor<HealthCheckResponse>* HealthService::Watch(grpc::CallbackServerContext* context,
                                                                    const HealthCheckRequest* request) {
  if (request->service().size() > limits_.name_bytes) return new RefusedWatch(Refuse(HealthLimit::kName));
  const std::string caller = CallerOf(*context);
  const absl::MutexLock lock(&mutex_);
  if (const auto limit = TakePlace(caller)) return new RefusedWatch(Refuse(*limit));
  auto* const watcher = new HealthWatcher(this, request->service(), caller);
  watcher->Start();
  return watcher;
}

}  // namespace rowkeeper::wire
