#include "server/identity/strict_json.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "server/base/text.h"

namespace rowkeeper::identity {
namespace {

using nlohmann::json;

constexpr int kMostLevels = 16;
/// At the end of each object and list the parser walks over all that is beside it.
constexpr std::ptrdiff_t kMostParts = 1000;
constexpr std::ptrdiff_t kMostCommas = 20000;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

/// Whether each object's members have names of their own, as the parser meets them.
class MemberNames {
 public:
  bool ok() const { return ok_; }

  void See(int depth, json::parse_event_t event, const json& parsed) {
    using Event = json::parse_event_t;
    if (event == Event::object_start) {
      ok_ = ok_ && depth < kMostLevels;
      open_.emplace_back();
    } else if (event == Event::array_start) {
      ok_ = ok_ && depth < kMostLevels;
    } else if (event == Event::object_end) {
      open_.pop_back();
    } else if (event == Event::key) {
      ok_ = open_.back().insert(parsed.get<std::string>()).second && ok_;
    }
  }

 private:
  std::vector<std::set<std::string>> open_;
  bool ok_ = true;
};

/// Rather too much than too little: brackets and commas in texts count as well.
bool IsOfManyParts(std::string_view text) {
  const auto count = [text](char c) { return std::count(text.begin(), text.end(), c); };
  return count('{') + count('[') > kMostParts || count(',') > kMostCommas;
}

}  // namespace

std::optional<json> ParseStrictObject(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return std::nullopt;  // the parser takes it for the end
  if (HasPrefix(text, kByteOrderMark)) return std::nullopt;            // and skips this
  if (IsOfManyParts(text)) return std::nullopt;
  MemberNames names;
  const auto see = [&names](int depth, json::parse_event_t event, const json& parsed) {
    names.See(depth, event, parsed);
    return true;
  };
  json parsed = json::parse(text.begin(), text.end(), see, /*allow_exceptions=*/false);
  if (parsed.is_discarded() || !parsed.is_object() || !names.ok()) return std::nullopt;
  return parsed;
}

const std::string* FindString(const json& object, std::string_view name) {
  const auto found = object.find(std::string(name));
  return found == object.end() ? nullptr : found->get_ptr<const std::string*>();
}

}  // namespace rowkeeper::identity
