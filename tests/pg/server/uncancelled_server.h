#pragma once

#include <grpcpp/client_context.h>

#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include "tests/pg/server/blocker.h"
#include "tests/support/in_process_server.h"
#include "tests/support/tcp_gate.h"

namespace rowkeeper::testing {

/// A server whose cancel requests PostgreSQL never sees. A statement of it whose caller leaves succeeds all the same:
/// so the caller leaves between two statements, and PostgreSQL knows nothing of it.
class UncancelledServer {
 public:
  explicit UncancelledServer(std::unique_ptr<const catalogue::Catalogue> catalogue) {
    InProcessServer::Options options;
    options.route = [this](const std::string& url) {
      gate_ = std::make_unique<TcpGate>(url);
      gate_->LoseCancels();
      return gate_->url();
    };
    server_ = std::make_unique<InProcessServer>(std::move(catalogue), options);
  }

  InProcessServer* get() { return server_.get(); }
  struct Write {
    std::string table;
    /// "INSERT", "UPDATE", "DELETE".
    std::string kind;
    /// About NEW or OLD: the rows that are meant.
    std::string condition;
    /// Which write of such a row is held; 1 is the first.
    int nth = 1;
  };
  /// Makes a write last until Interrupt lets it go on, counting in the sequence `tries`. StopHolding ends that.
  void Hold(const Write& write) {
    ScratchDatabase& database = server_->database();
    database.Run("CREATE SEQUENCE tries; CREATE SEQUENCE go_on");
    // A look at a sequence sees what others have done to it meanwhile.
    database.Run("CREATE FUNCTION act() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF " + write.condition +
                 " THEN IF nextval('tries') = " + std::to_string(write.nth) +
                 " THEN FOR i IN 1..6000 LOOP EXIT WHEN (SELECT is_called FROM go_on); PERFORM pg_sleep(0.01); END "
                 "LOOP; END IF; END IF; RETURN " +
                 (write.kind == "DELETE" ? "OLD" : "NEW") + "; END $$");
    database.Run("CREATE TRIGGER act BEFORE " + write.kind + " ON " + write.table +
                 " FOR EACH ROW EXECUTE FUNCTION act()");
  }
  void StopHolding() {
    server_->database().Run("DROP FUNCTION IF EXISTS act CASCADE");
    server_->database().Run("DROP SEQUENCE IF EXISTS tries, go_on");
  }

  using Call = std::function<absl::Status(const CallOptions& options)>;
  /// Makes a call whose caller leaves while its write is held, after `meanwhile`. The write goes on when its cancel
  /// request is lost. Gives what the caller was told, when the server has nothing left to do.
  absl::StatusCode Interrupt(
      const Call& call, CallOptions options, const std::function<void()>& meanwhile = [] {}) {
    grpc::ClientContext context;
    options.context = &context;
    const int lost_before = gate_->seen().cancels;
    auto answer = std::async(std::launch::async, [&] { return call(options).code(); });
    EXPECT_TRUE(Eventually(server_.get(),
                           "EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = "
                           "'PgSleep')"));
    meanwhile();
    context.TryCancel();
    EXPECT_TRUE(Eventually([&] { return gate_->seen().cancels > lost_before; }))
        << "the statement would have been cancelled";
    server_->database().Run("SELECT nextval('go_on')");
    // The caller is answered at once, whatever still runs, and a busy unit refuses the next call in the end.
    EXPECT_TRUE(Eventually(server_.get(),
                           "NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND "
                           "application_name = 'rowkeeper' AND state = 'active' AND pid <> pg_backend_pid())"));
    return answer.get();
  }

 private:
  std::unique_ptr<TcpGate> gate_;
  std::unique_ptr<InProcessServer> server_;
};

}  // namespace rowkeeper::testing
