#pragma once

#include <string>

namespace rowkeeper::db {

/// What is known of a transaction before its COMMIT: enough to find out later what became of it.
struct CommitPoint {
  std::string transaction_id;
  /// Position of the server's last checkpoint when it was asked.
  std::string checkpoint;
  /// The server's timeline: another one after a standby took over.
  std::string timeline;
  /// The server's memory: another one after a restart or a crash. Empty when the server does not tell.
  std::string incarnation;
};

}  // namespace rowkeeper::db
