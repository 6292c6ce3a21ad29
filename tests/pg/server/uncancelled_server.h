#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "tests/pg/server/blocker.h"
#include "tests/support/in_process_server.h"
#include "tests/support/tcp_gate.h"

namespace rowkeeper::testing {

/// A server whose cancel requests PostgreSQL never sees. A statement of it that lasts longer than its call's deadline
/// succeeds all the same: so the deadline comes between two statements, and PostgreSQL knows nothing of it.
class UncancelledServer {
 public:
  /// A call with this deadline ends while the write of OutlastDeadline runs.
  static constexpr std::chrono::milliseconds kDeadline{700};

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
  /// Cancel requests that were lost.
  int lost_cancels() const { return gate_->seen().cancels; }

  struct Write {
    std::string table;
    /// "INSERT", "UPDATE", "DELETE".
    std::string kind;
    /// About NEW or OLD: the rows that are meant.
    std::string condition;
    /// Which write of such a row lasts; 1 is the first.
    int nth = 1;
  };
  /// Makes a write last longer than kDeadline, counting in the sequence `tries`. StopOutlasting ends it.
  void OutlastDeadline(const Write& write) {
    ScratchDatabase& database = server_->database();
    database.Run("CREATE SEQUENCE tries");
    database.Run("CREATE FUNCTION act() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF " + write.condition +
                 " THEN IF nextval('tries') = " + std::to_string(write.nth) +
                 " THEN PERFORM pg_sleep(1); END IF; END IF; RETURN " + (write.kind == "DELETE" ? "OLD" : "NEW") +
                 "; END $$");
    database.Run("CREATE TRIGGER act BEFORE " + write.kind + " ON " + write.table +
                 " FOR EACH ROW EXECUTE FUNCTION act()");
  }
  void StopOutlasting() {
    server_->database().Run("DROP FUNCTION IF EXISTS act CASCADE");
    server_->database().Run("DROP SEQUENCE IF EXISTS tries");
  }
  /// The caller is answered at its deadline, whatever still runs, and a busy unit refuses the next call in the end.
  bool AwaitIdle() {
    return Eventually(server_.get(),
                      "NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND "
                      "application_name = 'rowkeeper' AND state = 'active' AND pid <> pg_backend_pid())");
  }

 private:
  std::unique_ptr<TcpGate> gate_;
  std::unique_ptr<InProcessServer> server_;
};

}  // namespace rowkeeper::testing
