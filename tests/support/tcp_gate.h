#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace rowkeeper::testing {

/// A network between the code under test and PostgreSQL that fails where a test says: a proxy in the test's process
/// that reads both directions message by message. Until told otherwise it passes everything on. Thread-safe.
class TcpGate {
 public:
  /// What happens to a connection when a message of its client meets a rule.
  enum class Action {
    /// Both sides are cut; the server never sees the message.
    kCutBefore,
    /// The server gets it and answers; then both sides are cut, and the client never sees the answer.
    kLoseReply,
    /// The server gets it and answers; the client never sees the answer, and nothing goes either way any more, though
    /// the sockets stay open.
    kSwallowReply,
    /// The server gets it and answers, and so does the client; right behind the answer is what PostgreSQL says when it
    /// ends a session, and then both sides are cut.
    kEndBehindReply,
    /// Neither it nor anything later goes either way, though the sockets stay open, until Resume.
    kStall,
    /// The client gets so many rows of the answer as Rule::rows says, and never its end: both sides are cut.
    kCutAfterRows,
  };

  /// Fires once.
  struct Rule {
    /// Type byte of the client's message, chapter 55.7: 'Q' query, 'P' parse, 'B' bind, 'E' execute, …
    char type = 'Q';
    /// The message must contain it, in the same case. A statement's text is in 'Q' and 'P' alone.
    std::string text;
    Action action = Action::kCutBefore;
    /// For kCutAfterRows.
    int rows = 0;
    /// The so-and-so-many-th such message, counted over all connections since Add; 1 is the next.
    int occurrence = 1;
  };

  /// What came by since the gate was made.
  struct Seen {
    /// Sessions that were begun, and cancel requests.
    int connections = 0;
    int cancels = 0;
    /// Connections that are open now, stalled ones among them.
    int open = 0;
    /// Rules that have done what they say, to the end of the answer where they wait for it.
    int fired = 0;
    /// Messages by type byte.
    std::map<char, int> from_client;
    std::map<char, int> from_server;
  };

  /// Leads to the server of `url`, a libpq connection string with a host or a socket's directory. Fails the running
  /// test when it cannot listen.
  explicit TcpGate(const std::string& url);
  /// Cuts everything.
  ~TcpGate();
  TcpGate(const TcpGate&) = delete;
  TcpGate& operator=(const TcpGate&) = delete;

  /// The same database through the gate, without encryption.
  const std::string& url() const;

  void Add(const Rule& rule);
  /// Forgets the rules that have not fired.
  void ClearRules();
  /// Cuts every connection, both sides. New ones are welcome.
  void CutAll();
  /// Nothing goes either way, on connections old and new, until Resume; all sockets stay open.
  void StallAll();
  /// New connections are refused, as by a server that is down, until Resume.
  void RefuseNew();
  /// CutAll and RefuseNew at once, before anybody can connect again.
  void GoDown();
  /// From now on cancel requests (chapter 55.2.8) are counted, and PostgreSQL never sees them.
  void LoseCancels();
  /// Ends StallAll, RefuseNew and kStall: what was held back goes on. A swallowed reply stays lost, and its connection
  /// silent.
  void Resume();

  Seen seen() const;
  /// Waits until `condition` holds; false when it does not within `limit`.
  bool Await(const std::function<bool(const Seen&)>& condition,
             std::chrono::milliseconds limit = std::chrono::seconds(10)) const;
  /// Waits until so many rules have fired.
  bool AwaitFired(int count = 1) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rowkeeper::testing
