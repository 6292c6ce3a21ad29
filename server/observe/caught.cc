#include "server/observe/caught.h"

#include <cxxabi.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <typeinfo>

#include "server/base/error_details.h"
#include "server/base/errors.h"
#include "server/base/text.h"
#include "server/base/utf8.h"
#include "server/observe/log.h"

namespace rowkeeper::observe {
namespace {

constexpr size_t kShownBytes = 300;

std::string TypeOf(const std::exception& error) {
  const char* const mangled = typeid(error).name();
  const std::unique_ptr<char, void (*)(void*)> name(abi::__cxa_demangle(mangled, nullptr, nullptr, nullptr), std::free);
  return name == nullptr ? mangled : name.get();
}

bool HoldsNoData(const std::string& type) { return HasPrefix(type, "std::") || HasPrefix(type, "google::protobuf::"); }

}  // namespace

absl::Status Caught(std::string_view where, std::string_view what_for, const std::exception& error) {
  const absl::Status status = Internal("a part of the server failed");
  const std::string type = TypeOf(error);
  const std::string words = HoldsNoData(type) ? ShortenUtf8(error.what(), kShownBytes) : "";
  const std::string id = ErrorLogId(status);
  Log(LogLevel::kError, "an exception was caught",
      {{"where", where}, {"for", what_for}, {"type", type}, {"what", words}, {"log_id", id}});
  return status;
}

}  // namespace rowkeeper::observe
