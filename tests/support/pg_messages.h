#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rowkeeper::testing {

/// One message of PostgreSQL's wire protocol (chapter 55). The views are valid until the reader is used again.
struct PgMessage {
  /// kStartup for the packets without a type byte that a client begins with.
  static constexpr char kStartup = '\0';
  static constexpr uint32_t kCancelRequest = 80877102;
  static constexpr uint32_t kSslRequest = 80877103;
  static constexpr uint32_t kGssEncRequest = 80877104;

  char type = kStartup;
  /// Of a startup packet: the protocol version or one of the requests above.
  uint32_t code = 0;
  /// What follows type and length.
  std::string_view body;
  /// All of it, as it was on the wire.
  std::string_view bytes;
};

/// Cuts one direction of a session into messages. Not thread-safe.
class PgMessageReader {
 public:
  enum class Sender { kClient, kServer };

  explicit PgMessageReader(Sender sender) : in_startup_(sender == Sender::kClient) {}

  void Append(std::string_view bytes) { pending_.append(bytes); }
  /// The next whole message, if it is there.
  std::optional<PgMessage> Next();

 private:
  uint32_t NumberAt(size_t offset) const;

  std::string pending_;
  size_t taken_ = 0;
  bool in_startup_;
};

}  // namespace rowkeeper::testing
