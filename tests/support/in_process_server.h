#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "server/app/catalogue_files.h"
#include "server/app/loaded_catalogue.h"
#include "server/app/settings.h"
#include "server/db/connection.h"
#include "tests/support/fake_clock.h"
#include "tests/support/scratch_database.h"

namespace rowkeeper::app {
class ServerProcess;
}

namespace grpc {
class Channel;
class ClientContext;
}  // namespace grpc

namespace google::protobuf {
class Descriptor;
class DynamicMessageFactory;
class Message;
class MethodDescriptor;
}  // namespace google::protobuf

namespace rowkeeper::testing {

using Json = nlohmann::json;

/// Compiles the plans of a catalogue too. A mistake fails the running test and gives nullptr.
std::unique_ptr<app::LoadedCatalogue> WithPlans(std::unique_ptr<const catalogue::Catalogue> catalogue);

/// Creates the tables of `catalogue` in `database`.
void CreateSchema(const catalogue::Catalogue& catalogue, ScratchDatabase* database);

struct CallOptions {
  std::vector<std::pair<std::string, std::string>> headers;
  std::chrono::milliseconds timeout{30000};
  /// Set: the call's context while it runs, for TryCancel on another thread.
  grpc::ClientContext* context = nullptr;
  /// Instead of the server's own, as NewChannel makes them.
  std::shared_ptr<grpc::Channel> channel;
};

/// A whole server in the test's process, over a scratch database with the catalogue's tables, and a caller that speaks
/// real gRPC to it. Call is thread-safe.
class InProcessServer {
 public:
  struct Options {
    app::PoolSettings pool;
    app::ServeSettings serve;
    /// The URL is filled in.
    db::ConnectionOptions connection;
    /// Set: gives the URL that the server is to use in place of the scratch database's.
    std::function<std::string(const std::string& url)> route;
    /// Of the scratch database.
    std::string encoding = "UTF8";
    /// Without tables the server does not serve; WaitUntilServing is then not called.
    enum class Schema { kCreate, kLeaveEmpty } schema = Schema::kCreate;
    /// kStill: the server's time stands still unless Advance or AdvanceUntil lets it pass. The database's does not.
    enum class Time { kPasses, kStill } time = Time::kPasses;
    /// The files that the catalogue is read from again; nullopt: it stays as it is.
    std::optional<app::CatalogueFiles> files;
    Options();
  };

  /// Serves `catalogue`. Fails the running test when it cannot; ok() is false then.
  explicit InProcessServer(std::unique_ptr<const catalogue::Catalogue> catalogue, Options options = Options());
  ~InProcessServer();
  InProcessServer(const InProcessServer&) = delete;
  InProcessServer& operator=(const InProcessServer&) = delete;

  bool ok() const { return channel_ != nullptr; }
  ScratchDatabase& database() { return database_; }
  const app::LoadedCatalogue& loaded() const { return *loaded_; }
  const app::ServerProcess& process() const { return *process_; }
  app::ServerProcess& process() { return *process_; }
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  /// The addresses that it listens on, in the order of Options::serve.listen.
  const std::vector<std::string>& addresses() const { return addresses_; }
  /// A connection of its own to the database, outside the server.
  std::unique_ptr<db::Connection> Connect();

  /// `method` is a full name or an unambiguous ending, "TodoRepository.Create", or one of rowkeeper.v1.UnitOfWork,
  /// "UnitOfWork.Begin"; `request` is ProtoJSON with proto names. The answer has proto names too; an error carries the
  /// details that came over the wire as payloads.
  absl::StatusOr<Json> Call(std::string_view method, const Json& request, const CallOptions& options = CallOptions());
  /// The same of a method of any catalogue.
  absl::StatusOr<Json> CallMethod(const google::protobuf::MethodDescriptor& method, const Json& request,
                                  const CallOptions& options = CallOptions());
  /// The same for bytes, for requests that JSON cannot say.
  absl::StatusOr<std::string> CallBytes(std::string_view method, const std::string& request,
                                        const CallOptions& options = CallOptions());
  /// The same for messages of the catalogue's types, as New makes them.
  absl::StatusOr<std::unique_ptr<google::protobuf::Message>> CallMessage(const plan::MethodPlan& plan,
                                                                         const google::protobuf::Message& request,
                                                                         const CallOptions& options = CallOptions());
  std::unique_ptr<google::protobuf::Message> New(const google::protobuf::Descriptor* type);
  /// Calls and fails the running test unless the answer is OK.
  Json MustCall(std::string_view method, const Json& request, const CallOptions& options = CallOptions());
  /// Between ProtoJSON and the bytes of a message of the catalogue or of the server's own services.
  std::string ToBytes(const google::protobuf::Descriptor& type, const Json& json);
  Json ToJson(const google::protobuf::Descriptor& type, const std::string& bytes);
  const google::protobuf::MethodDescriptor* FindMethod(std::string_view method) const;

  /// Of a server whose time stands still: lets time pass, and what is due by then happen.
  void Advance(Clock::duration time);
  /// Lets time pass until `ready`; false when it is not after `limit`.
  bool AdvanceUntil(const std::function<bool()>& ready, Clock::duration limit = std::chrono::minutes(10));
  Clock& clock();

  /// What a scrape of the server's metrics gets.
  std::string MetricsText() const;
  /// What health says of a service; of the whole server when it has no name.
  bool IsServing(const std::string& service = "");

  /// Stops serving and drains, as on SIGTERM. Time passes meanwhile.
  void Stop();
  /// A new process on the same database and the same addresses. Stop comes first.
  void Start();

 private:
  const plan::MethodPlan* FindPlan(std::string_view method) const;
  absl::StatusOr<std::string> CallPath(const std::string& path, const std::string& request, const CallOptions& options);
  void WaitUntilServing();

  Options options_;
  FakeClock fake_clock_;
  ScratchDatabase database_;
  std::unique_ptr<app::LoadedCatalogue> loaded_;
  std::unique_ptr<google::protobuf::DynamicMessageFactory> messages_;
  std::unique_ptr<app::ServerProcess> process_;
  std::vector<std::string> addresses_;
  std::shared_ptr<grpc::Channel> channel_;
};

/// A connection of its own to a server.
std::shared_ptr<grpc::Channel> NewChannel(const std::string& address);

/// "OK", or the reason of the error's ErrorInfo, or the code's name when it has none.
std::string ReasonOf(const absl::Status& status);
template <typename T>
std::string ReasonOf(const absl::StatusOr<T>& result) {
  return ReasonOf(result.status());
}

/// "INVALID_ARGUMENT INVALID_FIELD [todo.title]": code, reason and the fields of BadRequest.
std::string Summary(const absl::Status& status);
template <typename T>
std::string Summary(const absl::StatusOr<T>& result) {
  return Summary(result.status());
}

/// The value of ErrorInfo.metadata[key], or empty.
std::string MetadataOf(const absl::Status& status, const std::string& key);
/// Milliseconds of RetryInfo; -1 when there is none.
int64_t RetryDelayOf(const absl::Status& status);
/// "TYPE subject" of each violation of PreconditionFailure.
std::vector<std::string> PreconditionsOf(const absl::Status& status);

}  // namespace rowkeeper::testing
