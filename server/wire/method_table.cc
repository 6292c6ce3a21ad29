#include "server/wire/method_table.h"

#include <algorithm>
#include <utility>

#include "server/wire/stream_rpc.h"
#include "server/wire/unary_rpc.h"

namespace rowkeeper::wire {

MethodTable::MethodTable(std::vector<DynamicMethod> methods, std::vector<DynamicStream> streams, const Common& common)
    : common_(common) {
  for (DynamicMethod& method : methods) {
    methods_.push_back(std::make_unique<const DynamicMethod>(std::move(method)));
    methods_by_path_.emplace(methods_.back()->path, methods_.back().get());
  }
  for (DynamicStream& stream : streams) {
    streams_.push_back(std::make_unique<const DynamicStream>(std::move(stream)));
    streams_by_path_.emplace(streams_.back()->path, streams_.back().get());
  }
}

const DynamicMethod* MethodTable::FindMethod(std::string_view path) const {
  const auto found = methods_by_path_.find(path);
  return found == methods_by_path_.end() ? nullptr : found->second;
}

const DynamicStream* MethodTable::FindStream(std::string_view path) const {
  const auto found = streams_by_path_.find(path);
  return found == streams_by_path_.end() ? nullptr : found->second;
}

bool HeedRulesOf(const MethodTable& methods, const MethodTable& other) {
  const auto heeds = [](const std::set<std::string>& rules, const std::set<std::string>& demanded) {
    return std::includes(rules.begin(), rules.end(), demanded.begin(), demanded.end());
  };
  const policy::Policies* const policies = other.common().policies;
  if (policies != nullptr && policies->file_has_fields()) return false;
  return heeds(methods.common().tenant_rules, other.common().tenant_rules) &&
         heeds(methods.common().field_rules, other.common().field_rules);
}

std::shared_ptr<const exec::Runner> RunnerOf(const SharedMethods& methods) {
  if (methods == nullptr || methods->common().runner == nullptr) return nullptr;
  return {methods, methods->common().runner};
}

}  // namespace rowkeeper::wire
