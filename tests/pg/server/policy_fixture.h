#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "rowkeeper/v1/annotations.pb.h"
#include "server/base/text.h"
#include "server/catalogue/options.h"
#include "tests/support/in_process_server.h"
#include "tests/support/random_catalogue.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/test_issuer.h"

namespace rowkeeper::testing {

/// Who may call and use what, in place of what an example says.
struct Lists {
  /// Of a repository by its full name.
  std::function<std::vector<std::string>(const std::string& repository)> of_repository;
  /// Of a method by its full name.
  std::function<std::vector<std::string>(const std::string& method)> of_method;
  v1::Access access;
};

/// The example catalogue of `folder`, "planner/v1", with these lists. A mistake fails the running test.
inline std::unique_ptr<const catalogue::Catalogue> CompileExampleWithLists(const std::string& folder,
                                                                           const Lists& lists) {
  const auto example = CompileExample(folder);
  if (example == nullptr) return nullptr;
  google::protobuf::FileDescriptorSet set;
  for (const auto* file : example->source().files()) {
    google::protobuf::FileDescriptorProto* const copy = set.add_file();
    file->CopyTo(copy);
    for (int i = 0; i < file->service_count(); ++i) {
      auto options = catalogue::ReadOptions(*file->service(i));
      if (!options.HasExtension(v1::repository)) continue;
      for (const auto& text : lists.of_repository(file->service(i)->full_name())) {
        options.MutableExtension(v1::repository)->add_allow(text);
      }
      *copy->mutable_service(i)->mutable_options() = options;
      for (int j = 0; j < file->service(i)->method_count(); ++j) {
        const auto& method = *file->service(i)->method(j);
        auto method_options = catalogue::ReadOptions(method);
        for (const auto& text : lists.of_method(method.full_name())) {
          method_options.MutableExtension(v1::method)->add_allow(text);
        }
        *copy->mutable_service(i)->mutable_method(j)->mutable_options() = method_options;
      }
    }
  }
  *set.mutable_file(0)->mutable_options()->MutableExtension(v1::access) = lists.access;
  const TemporaryDirectory directory;
  const std::string path = directory.path() + "/example.binpb";
  EXPECT_TRUE(std::ofstream(path, std::ios::binary) << set.SerializeAsString());
  catalogue::Diagnostics diagnostics;
  auto source = catalogue::Source::Load({{}, {}, {path}}, &diagnostics);
  auto compiled = source == nullptr ? nullptr : catalogue::Catalogue::Compile(std::move(source), &diagnostics);
  EXPECT_NE(compiled, nullptr) << diagnostics.ToString();
  return compiled;
}

/// Signs tokens that a server takes.
class PolicyIssuer {
 public:
  PolicyIssuer() { ReplaceTestFile(directory_.path() + "/keys.json", JwkSet({key_.Jwk()})); }

  void Configure(app::IdentitySettings* settings) const {
    settings->jwt_keys = directory_.path();
    settings->jwt_issuer = kTestIssuer;
    settings->jwt_audiences = {kTestAudience};
    settings->jwt_tenant_claim = "tenant";
    settings->allow_anonymous = true;
  }
  /// A call of who has this token.
  CallOptions As(const std::string& subject, const std::vector<std::string>& roles = {}) const {
    return With(subject, Cat(",\"roles\":", Json(roles).dump()));
  }
  /// The same of somebody of a tenant.
  CallOptions Of(const std::string& tenant, const std::string& subject = "alice") const {
    return With(subject, Cat(",\"tenant\":", Json(tenant).dump()));
  }
  /// `claims`: further members, R"(,"tenant":"acme")".
  CallOptions With(const std::string& subject, const std::string& more) const {
    TestClaims claims;
    claims.subject = subject;
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    claims.expires = std::chrono::duration_cast<std::chrono::seconds>(now).count() + 3600;
    claims.more = more;
    CallOptions options;
    options.headers.emplace_back("authorization", Cat("Bearer ", key_.Token(ToJson(claims))));
    return options;
  }
  std::string path(const std::string& name) const { return directory_.path() + "/" + name; }

 private:
  TemporaryDirectory directory_;
  const TestSigningKey key_{TestSigningKey::Kind::kEd25519, "one"};
};

}  // namespace rowkeeper::testing
