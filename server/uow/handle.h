#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rowkeeper::uow {

/// What a handle says. Its text is opaque to callers, printable, and fit for a header.
///
/// It begins with the version of its format and the server's address, in all releases alike: so any release can say
/// whose unit it is, and reads no more of a handle that another one made.
struct Handle {
  /// Longest text that Parse looks at, bytes.
  static constexpr size_t kMaxText = 512;
  static constexpr size_t kInstanceBytes = 8;
  static constexpr size_t kSecretBytes = 16;
  static constexpr size_t kSealBytes = 16;

  /// Address of the server that holds the unit.
  std::string server;
  /// 8 bytes, other at each start of a server: tells a unit that went with its process.
  std::string instance;
  /// kSecretBytes random bytes: the unit.
  std::string secret;
  /// kSealBytes bytes: see HandleSeal.
  std::string seal;
  /// It has the format of another release: `instance`, `secret` and `seal` are not known.
  bool of_another_release = false;

  /// UnitInfo::id, for logs and callers: the first 12 hexadecimal digits of the secret's SHA-256, which do not lead
  /// back to it.
  std::string Id() const;
  /// Not of one that another release made.
  std::string Encode() const;
  /// nullopt for what no release's Encode can have written. The server's address is printable and at most 255 bytes,
  /// but not to be trusted otherwise, unless the seal fits.
  static std::optional<Handle> Parse(std::string_view text);
};

}  // namespace rowkeeper::uow
