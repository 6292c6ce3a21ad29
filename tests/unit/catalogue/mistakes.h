#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rowkeeper::catalogue {

/// One mistake that a user can make, and all that is reported for it.
struct Mistake {
  const char* name;
  /// Put after ShopFile's header: its first line is line 3.
  std::string body;
  std::vector<std::string> errors;
};

/// The entity shop.v1.<name>; `fields` start on its fourth line. `options` is
/// what the entity option holds. Its key is the field `id`, a UUID.
std::string EntityText(const std::string& name, const std::string& options, const std::string& fields);
/// The entity shop.v1.Item without options.
std::string ItemText(const std::string& fields);
/// The entity shop.v1.Item whose fields, key included, are these, from its third line on.
std::string KeyedText(const std::string& fields);
/// A repository of the entity, with its methods on the third line.
std::string RepositoryText(const std::string& entity, const std::string& methods);

std::string MistakeName(const ::testing::TestParamInfo<Mistake>& info);

class MistakeTest : public ::testing::TestWithParam<Mistake> {};

}  // namespace rowkeeper::catalogue
