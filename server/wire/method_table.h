#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "server/policy/policies.h"
#include "server/wire/answer_log.h"

namespace rowkeeper::exec {
class Runner;
}  // namespace rowkeeper::exec

namespace rowkeeper::wire {

class StreamRpc;
class UnaryRpc;

/// Serves one method. Called on a gRPC thread, for many calls at once, so it must not block: it hands the call on.
using UnaryHandler = std::function<void(UnaryRpc rpc)>;

struct DynamicMethod {
  /// "/package.Service/Method"
  std::string path;
  UnaryHandler handler;
  /// How calls are counted and logged that end before they reach the handler. Null: not at all. Outlives the calls.
  const ServedMethod* served = nullptr;
  /// What it is to the policies, if there are any.
  policy::Subject subject = {};
};

/// The same for a method that streams, in either direction or both.
using StreamHandler = std::function<void(StreamRpc rpc)>;

struct DynamicStream {
  std::string path;
  StreamHandler handler;
  /// See DynamicMethod.
  const ServedMethod* served = nullptr;
  policy::Subject subject = {};
};

/// The methods of one catalogue, as a service finds them. Each call holds the table that it was begun with until it is
/// over, and so, where the table is part of something larger, all that its handlers use. Immutable; thread-safe.
class MethodTable {
 public:
  /// What the calls of all its methods have in common; lives as long as the table.
  struct Common {
    /// Who may call what. Null: everybody may call everything.
    const policy::Policies* policies = nullptr;
    /// Runs the calls. Null: that of the executor.
    const exec::Runner* runner = nullptr;
    /// What the statements of the methods heed for the sake of tenants, see app::TenantRules.
    std::set<std::string> tenant_rules = {};
    /// The lists for fields that the catalogue has, see app::FieldListRules.
    std::set<std::string> field_rules = {};
  };

  MethodTable(std::vector<DynamicMethod> methods, std::vector<DynamicStream> streams, const Common& common);

  // Null when there is none of this path.
  const DynamicMethod* FindMethod(std::string_view path) const;
  const DynamicStream* FindStream(std::string_view path) const;

  const std::vector<std::unique_ptr<const DynamicMethod>>& methods() const { return methods_; }
  const std::vector<std::unique_ptr<const DynamicStream>>& streams() const { return streams_; }
  const Common& common() const { return common_; }

 private:
  std::vector<std::unique_ptr<const DynamicMethod>> methods_;
  std::vector<std::unique_ptr<const DynamicStream>> streams_;
  const Common common_;
  absl::flat_hash_map<std::string_view, const DynamicMethod*> methods_by_path_;
  absl::flat_hash_map<std::string_view, const DynamicStream*> streams_by_path_;
};

/// Whether the methods of `methods` heed all that those of `other` heed for the sake of tenants, and all their lists
/// for fields. Those of a policy file are not known to: it may name fields that only `other` has, and so be none that
/// `methods` can read.
bool HeedRulesOf(const MethodTable& methods, const MethodTable& other);

using SharedMethods = std::shared_ptr<const MethodTable>;

/// The runner of a call's table, which keeps all that the call points into; null where the table has none.
std::shared_ptr<const exec::Runner> RunnerOf(const SharedMethods& methods);

}  // namespace rowkeeper::wire
