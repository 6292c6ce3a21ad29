#pragma once

// The map of this folder:
//   admin_server.h  the HTTP listener for operators: pages that others give it; libmicrohttpd is seen here only
//   connections.h   who is connected to it, and who has to go
//   audience.h      who may read a page, or send it a form; form.h: what was sent

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "server/admin/audience.h"
#include "server/admin/connections.h"
#include "server/admin/form.h"
#include "server/base/file_descriptor.h"
#include "server/base/listen_address.h"

struct MHD_Connection;
struct MHD_Daemon;

namespace rowkeeper::admin {

struct PageAnswer {
  /// HTTP status.
  int status = 200;
  std::string body;
};

/// What became of requests since the start.
struct AdminStats {
  struct Requests {
    /// Of a page, or "_OTHER" for paths that there are not.
    std::string path;
    /// HTTP status of the answers.
    int status = 0;
    uint64_t count = 0;
  };
  /// Those that occurred.
  std::vector<Requests> requests;
  /// By AdminLimit; such connections have no answer.
  std::array<uint64_t, kAdminLimits> refused{};
  size_t connections = 0;
};

struct Page {
  /// "/livez"
  std::string path;
  std::string content_type = "application/json";
  /// Called on the listener's one thread for each request. Must not wait, neither for the database nor for a lock that
  /// is held while something waits: every other page waits for it.
  std::function<PageAnswer()> render;
  /// Others get status 403, or 421 where their browser may have been misled.
  Audience audience = Audience::kThisMachine;
  /// Name and value of headers beside those of every answer.
  std::vector<std::pair<std::string, std::string>> headers = {};
  /// Null: the page takes no forms. Else called like `render`, for each form of kFormType that comes with POST, up to
  /// kMostFormBytes. Those of `audience` alone may send one, and browsers from the listener's own pages alone; whoever
  /// acts on it has to find out who sent it. Its answer is of `content_type`.
  std::function<PageAnswer(const Submission&)> submit = nullptr;
};

struct AdminOptions {
  /// Open at once; one more ends the connection that is open for the longest time. Range 2 to 1000.
  int max_connections = 64;
  /// From accept to the last byte of the answer; what takes longer is cut off. In real time.
  std::chrono::milliseconds request_limit{5000};
  /// Of the request's line and headers; more is answered with status 431 or 414. Range 4 KiB to 1 MiB.
  size_t max_header_bytes = size_t{16} * 1024;
};

/// Serves pages over HTTP/1.1 without transport security: GET and HEAD, and POST for pages that take forms, one request
/// a connection. Other methods get status 405, unknown paths 404, other requests with a body, and larger ones, 413. Its
/// memory is bounded by AdminOptions, whatever clients do, and slow or silent ones keep nobody from being answered: a
/// new connection is taken at once, in place of the oldest when there are too many. Two threads of its own; destroy it
/// on the thread that made it.
class AdminServer {
 public:
  /// Listens and serves `pages`. Errors: FAILED_PRECONDITION, reason CANNOT_LISTEN, for an address that is taken or not
  /// this machine's.
  static absl::StatusOr<std::unique_ptr<AdminServer>> Start(const ListenAddress& address, std::vector<Page> pages,
                                                            const AdminOptions& options = AdminOptions());
  /// Ends what is open.
  ~AdminServer();
  AdminServer(const AdminServer&) = delete;
  AdminServer& operator=(const AdminServer&) = delete;

  /// With the port that the system chose in place of 0.
  const std::string& address() const { return listener_.address.text; }
  /// Thread-safe.
  AdminStats stats() const;

 private:
  struct Callbacks;
  /// Of a request's body, as libmicrohttpd gives it.
  struct BodyPart {
    const char* bytes = nullptr;
    size_t* size = nullptr;
    void** state = nullptr;
  };
  /// Whose words an answer has.
  enum class Writer { kListener, kPage };
  struct StopDaemon {
    void operator()(MHD_Daemon* daemon) const;
  };

  AdminServer(Listener listener, std::vector<Page> pages, const AdminOptions& options);
  absl::Status StartDaemon(const AdminOptions& options);
  void AcceptLoop();
  void AcceptOne();
  /// False: libmicrohttpd is to give the connection up.
  bool OnForm(MHD_Connection* connection, const Page& page, const BodyPart& part);
  bool Reply(MHD_Connection* connection, const Page* page, const PageAnswer& answer, Writer writer);
  /// What `make` gives.
  PageAnswer Render(const Page& page, const std::function<PageAnswer()>& make) const;
  void Count(const std::string& path, int status);

  const Listener listener_;
  const std::vector<Page> pages_;
  Connections connections_;
  mutable absl::Mutex mutex_;
  std::map<std::pair<std::string, int>, uint64_t> requests_ ABSL_GUARDED_BY(mutex_);
  /// Readable when it is time to end.
  const FileDescriptor stop_;
  std::unique_ptr<MHD_Daemon, StopDaemon> daemon_;
  std::thread acceptor_;
};

}  // namespace rowkeeper::admin
