#pragma once

#include <map>
#include <string>
#include <string_view>

#include "absl/synchronization/mutex.h"
#include "server/base/statement_name.h"

namespace rowkeeper::testing {

/// The name of a text, for db::Query; it is kept for ever. Thread-safe.
inline const StatementName* NameOf(std::string_view text) {
  static auto* const mutex = new absl::Mutex;
  static auto* const names = new std::map<std::string, StatementName, std::less<>>;
  const absl::MutexLock lock(mutex);
  const auto found = names->find(text);
  if (found != names->end()) return &found->second;
  return &names->try_emplace(std::string(text), text).first->second;
}

}  // namespace rowkeeper::testing
