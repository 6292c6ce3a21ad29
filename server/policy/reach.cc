#include "server/policy/reach.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "server/base/text.h"

namespace rowkeeper::policy {
namespace {

using identity::Identity;

constexpr std::string_view kToken = "jwt:";
// No identity has such a name, so no list has it.
constexpr std::string_view kAnySubject = "jwt:\n";
constexpr std::string_view kAnySpiffeId = "spiffe://\n";

/// Roles that the lists name: who has all of them is on as many lists as roles can bring one.
std::vector<std::string> AllRoles(const std::vector<const AllowList*>& lists) {
  std::vector<std::string> roles;
  for (const AllowList* list : lists) {
    for (const Principal& principal : list->principals()) {
      if (principal.kind() == Principal::Kind::kRole) roles.push_back(principal.value());
    }
  }
  std::sort(roles.begin(), roles.end());
  roles.erase(std::unique(roles.begin(), roles.end()), roles.end());
  return roles;
}

std::vector<std::string> NamesToTry(const std::vector<const AllowList*>& lists) {
  std::vector<std::string> names = {std::string(kAnySubject), std::string(kAnySpiffeId)};
  for (const AllowList* list : lists) {
    for (const Principal& principal : list->principals()) {
      if (principal.kind() == Principal::Kind::kCaller) names.push_back(principal.value());
      if (principal.kind() == Principal::Kind::kCallersBelow) names.push_back(Cat(principal.value(), "\n"));
    }
  }
  return names;
}

}  // namespace

Reach ReachOfAll(const std::vector<const AllowList*>& lists) {
  const auto admits = [&lists](const Identity* caller) {
    return std::all_of(lists.begin(), lists.end(), [caller](const AllowList* list) { return list->Admits(caller); });
  };
  const bool anonymous = admits(nullptr);
  Identity any;
  any.name = kAnySubject;
  const bool anybody = admits(&any);
  if (anonymous && anybody) return Reach::kEveryone;
  if (anonymous || anybody) return Reach::kSome;
  const std::vector<std::string> roles = AllRoles(lists);
  for (std::string& name : NamesToTry(lists)) {
    Identity caller;
    if (HasPrefix(name, kToken)) caller.roles = roles;  // certificates have none
    caller.name = std::move(name);
    if (admits(&caller)) return Reach::kSome;
  }
  return Reach::kNobody;
}

}  // namespace rowkeeper::policy
