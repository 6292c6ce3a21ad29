#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "server/policy/allow_list.h"

namespace rowkeeper::policy {

/// A caller with a token; `roles` are sorted.
inline identity::Identity TokenOf(const std::string& subject, std::vector<std::string> roles = {}) {
  identity::Identity caller;
  caller.name = "jwt:" + subject;
  caller.roles = std::move(roles);
  return caller;
}

inline identity::Identity CertificateOf(const std::string& spiffe_id) {
  identity::Identity caller;
  caller.source = identity::Identity::Source::kCertificate;
  caller.name = spiffe_id;
  return caller;
}

/// A list without mistakes.
inline AllowList ListOf(const std::vector<std::string>& principals) {
  absl::StatusOr<AllowList> list = AllowList::Parse(principals);
  EXPECT_TRUE(list.ok()) << list.status();
  return list.ok() ? *std::move(list) : AllowList();
}

inline Rule RuleOf(const std::vector<std::string>& principals, const std::string& place = "shop.proto:7") {
  return {ListOf(principals), place};
}

}  // namespace rowkeeper::policy
