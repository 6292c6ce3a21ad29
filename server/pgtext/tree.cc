#include "server/pgtext/tree.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/str_join.h"

namespace rowkeeper::pgtext {

using nlohmann::json;

const json& Member(const json& fields, const char* name) {
  static const json* const nothing = new json();
  const auto found = fields.find(name);
  return found == fields.end() ? *nothing : *found;
}

std::vector<std::string> Strings(const json& list) {
  std::vector<std::string> strings;
  for (const json& item : list) {
    const json& string = Member(item, "String");
    if (string.is_object()) strings.push_back(string.value("sval", ""));
  }
  return strings;
}

bool Holds(const json& part, const char* name) {
  if (part.is_object() && part.contains(name)) return true;
  if (!part.is_structured()) return false;
  return std::any_of(part.begin(), part.end(), [name](const json& member) { return Holds(member, name); });
}

std::set<std::string> CalledFunctions(const json& part) {
  std::set<std::string> functions;
  if (!part.is_structured()) return functions;
  const json& call = Member(part, "FuncCall");
  if (call.is_object()) functions.insert(absl::StrJoin(Strings(Member(call, "funcname")), "."));
  for (const json& member : part) functions.merge(CalledFunctions(member));
  return functions;
}

}  // namespace rowkeeper::pgtext
