#include "server/plan/mask/json_mask.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <memory>
#include <set>

#include "server/base/array_literal.h"
#include "server/base/text.h"
#include "server/plan/call.h"
#include "server/plan/inputs.h"
#include "server/plan/mask/json_path.h"

namespace rowkeeper::plan {
namespace {

using catalogue::Column;
using catalogue::Entity;

/// A path and one above it in the same mask: the one above wins.
void Add(const std::vector<JsonStep>& steps, JsonTree* tree) {
  for (const JsonStep& step : steps) {
    if (tree->named) return;
    JsonTree& below = tree->keys[step.key];
    below.siblings = step.siblings;
    tree = &below;
  }
  tree->keys.clear();
  tree->named = true;
}

size_t CountKeys(const JsonTree& tree) {
  size_t count = tree.keys.size();
  for (const auto& [key, below] : tree.keys) count += CountKeys(below);
  return count;
}

void AppendWrite(const JsonWrite& write, std::string* key) {
  key->append(Cat("(", write.leaves));
  for (const JsonWrite::Siblings& siblings : write.siblings)
    key->append(Cat("!", siblings.key, ",", siblings.siblings));
  for (const JsonWrite::Part& part : write.parts) {
    key->append(Cat("/", part.key, ",", part.named_siblings));
    AppendWrite(part.below.front(), key);
  }
  key->push_back(')');
}

std::string ArrayText(const std::vector<std::string>& texts) {
  std::string array = "{";
  for (const std::string& text : texts) {
    if (array.size() > 1) array.push_back(',');
    AppendQuotedElement(text, &array);
  }
  return array + "}";
}

/// Puts keys into Call::computed.
class WriteBinder {
 public:
  explicit WriteBinder(Call* call) : call_(*call) {}

  JsonWrite Bind(const JsonTree& tree) {
    JsonWrite write;
    std::vector<std::string> leaves;
    for (const auto& [key, below] : tree.keys) {
      if (below.whole()) leaves.push_back(key);
      if (!below.siblings.empty()) write.siblings.push_back({Text(key), Texts(below.siblings)});
    }
    if (!leaves.empty()) write.leaves = Texts(leaves);
    for (const auto& [key, below] : tree.keys) {
      if (below.whole()) continue;
      JsonWrite::Part part;
      part.key = Text(key);
      std::vector<std::string> named;
      for (const std::string& sibling : below.siblings) {
        if (tree.keys.count(sibling) > 0) named.push_back(sibling);
      }
      if (!named.empty()) part.named_siblings = Texts(named);
      part.below.push_back(Bind(below));
      write.parts.push_back(std::move(part));
    }
    return write;
  }

 private:
  int Text(const std::string& text) {
    call_.computed.emplace_back(text);
    return static_cast<int>(call_.computed.size()) - 1;
  }
  int Texts(const std::vector<std::string>& texts) { return Text(ArrayText(texts)); }

  Call& call_;
};

}  // namespace

void JsonMask::AppendKey(std::string* key) const {
  for (const auto& [value, write] : writes) {
    key->append(Cat("w", value));
    AppendWrite(write, key);
  }
}

JsonTrees TakeJsonPaths(const Entity& entity, std::string_view mask, std::vector<std::string>* paths,
                        FieldViolations* violations) {
  JsonTrees trees;
  std::set<int> whole;
  std::vector<std::string> kept;
  bool everything = false;
  size_t bytes = 0;
  for (std::string& path : *paths) {
    if (!IsJsonPath(entity, path)) {
      everything = everything || path == "*";
      if (const Column* column = entity.FindField(path)) whole.insert(entity.IndexOf(*column));
      kept.push_back(std::move(path));
      continue;
    }
    bytes += path.size();
    const Column& column = *entity.FindField(path.substr(0, path.find('.')));
    const auto [tree, fresh] = trees.try_emplace(entity.IndexOf(column));
    if (fresh) kept.push_back(column.field->name());
    std::vector<JsonStep> steps;
    std::string problem;
    if (bytes > kMaxJsonPathBytes) {
      violations->Add(mask, Cat("has more than ", kMaxJsonPathBytes,
                                " bytes of paths into JSON columns; name fewer, or the columns themselves"));
      break;
    }
    if (!ResolveJsonPath(entity, path, &steps, &problem)) {
      violations->Add(mask, Cat("path \"", path, "\" ", problem));
      continue;
    }
    Add(steps, &tree->second);
  }
  *paths = std::move(kept);
  if (everything) trees.clear();
  for (int column : whole) trees.erase(column);
  size_t keys = 0;
  for (const auto& [column, tree] : trees) keys += CountKeys(tree);
  if (keys > kMaxJsonKeys) {
    violations->Add(mask, Cat("names ", keys, " keys in JSON columns; at most ", kMaxJsonKeys,
                              " are allowed, so name fewer, or what they are in"));
  }
  return trees;
}

JsonTrees TakeJsonMasks(Call* call, FieldViolations* violations) {
  const MethodPlan& plan = *call->plan;
  auto* read = PartOf<WithReadMask>(&call->request.family);
  if (read != nullptr && read->read_mask.has_value()) {
    JsonTrees reads =
        TakeJsonPaths(*plan.entity, InputName(plan, InputRole::kReadMask, "read_mask"), &*read->read_mask, violations);
    if (!reads.empty()) {
      auto json = std::make_shared<JsonMask>();
      json->reads = std::move(reads);
      call->variant.json = std::move(json);
    }
  }
  auto* written = PartOf<WithUpdateMask>(&call->request.family);
  if (written == nullptr || !written->update_mask.has_value()) return {};
  const std::string mask = InputName(plan, InputRole::kUpdateMask, "update_mask");
  JsonTrees writes = TakeJsonPaths(*plan.entity, mask, &*written->update_mask, violations);
  if (writes.empty() || plan.change() != catalogue::Change::kUpsert) return writes;
  violations->Add(mask,
                  "reaches into JSON columns, which an upsert writes whole; name the columns themselves, or update");
  return {};
}

void BindJsonWrites(const JsonTrees& trees, Call* call, FieldViolations* violations) {
  if (trees.empty()) return;
  const MethodPlan& plan = *call->plan;
  auto json =
      call->variant.json == nullptr ? std::make_shared<JsonMask>() : std::make_shared<JsonMask>(*call->variant.json);
  const auto tree_of = [&](int value) { return trees.find(plan.values[value].column); };
  const auto* guards = PartOf<WithGuards>(call->variant.family);
  for (int value : guards == nullptr ? std::vector<int>() : guards->unchanged) {
    if (tree_of(value) == trees.end()) continue;
    violations->Add(
        InputName(plan, InputRole::kUpdateMask, "update_mask"),
        Cat("reaches into ", plan.inputs[plan.values[value].input].name, ", which is immutable; leave it out"));
  }
  for (int value : PartOf<WithWritten>(call->variant.family)->written) {
    const auto found = tree_of(value);
    if (found != trees.end()) json->writes[value] = WriteBinder(call).Bind(found->second);
  }
  call->variant.json = std::move(json);
}

}  // namespace rowkeeper::plan
