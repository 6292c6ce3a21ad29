#include "server/catalogue/keys.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/descriptor.h"
#include "server/catalogue/name_check.h"
#include "server/catalogue/options.h"
#include "server/catalogue/terms.h"
#include "server/catalogue/value_type_compiler.h"

namespace rowkeeper::catalogue {
namespace {

std::vector<std::string> Strings(const google::protobuf::RepeatedPtrField<std::string>& fields) {
  return {fields.begin(), fields.end()};
}

/// Compiles the keys and indexes of one entity.
class KeyCompiler {
 public:
  KeyCompiler(const Naming& naming, Entity* entity, Diagnostics* diagnostics)
      : naming_(naming), entity_(entity), diagnostics_(diagnostics) {}

  void AddKey() {
    if (entity_->internal_id.empty() || entity_->key.empty()) return;
    entity_->unique_keys.push_back(
        {naming_.UniqueKey(entity_->table, NamesOf(entity_->InTable(entity_->key))), entity_->key, false});
  }

  void AddUniqueFields() {
    for (size_t i = 0; i < entity_->columns.size(); ++i) {
      const Column& column = entity_->columns[i];
      if (!ColumnOptionsOf(*column.field).unique()) continue;
      const std::vector<int> columns = {static_cast<int>(i)};
      if (columns == entity_->key) {
        diagnostics_->Warning(*column.field, "the key is unique already", "remove `unique`");
        continue;
      }
      AddUniqueKey(columns, "", entity_->soft_deletable());
    }
  }

  void AddUniqueKeys(const v1::EntityOptions& options) {
    for (const v1::UniqueKey& declared : options.unique_keys()) {
      const auto terms = ReadTerms(*entity_, "unique_keys", Strings(declared.fields()), diagnostics_);
      if (!terms) continue;
      std::vector<int> columns;
      bool good = true;
      for (const IndexTerm& term : *terms) {
        columns.push_back(term.column);
        good = CheckUniqueTerm(term) && good;
      }
      if (good) AddUniqueKey(columns, declared.name(), entity_->soft_deletable());
    }
  }

  void AddIndexes(const v1::EntityOptions& options) {
    for (const v1::Index& declared : options.indexes()) {
      const auto terms = ReadTerms(*entity_, "indexes", Strings(declared.fields()), diagnostics_);
      if (terms) AddIndex(declared, *terms);
    }
  }

  /// Lists by owner and soft deletes look for the live rows that refer to a row, and PostgreSQL for all of them where
  /// the referenced row is deleted for good or moved. So the index holds deleted rows too.
  void AddForeignKeyIndexes() {
    for (size_t i = 0; i < entity_->columns.size(); ++i) {
      const int column = static_cast<int>(i);
      if (!entity_->columns[i].reference || FindsReferencing(column)) continue;
      Index index;
      for (const int indexed : entity_->InTable({column})) index.terms.push_back({indexed, false});
      index.name = naming_.Index(entity_->table, NamesOf(entity_->InTable({column})));
      entity_->indexes.push_back(std::move(index));
    }
  }

 private:
  void Error(std::string problem, std::string remedy) {
    diagnostics_->Error(*entity_->message, std::move(problem), std::move(remedy));
  }

  std::vector<std::string> NamesOf(const std::vector<int>& columns) const {
    std::vector<std::string> names;
    for (const int column : columns) names.push_back(entity_->columns[column].name);
    return names;
  }

  bool CheckUniqueTerm(const IndexTerm& term) {
    const Column& column = entity_->columns[term.column];
    if (term.descending) {
      Error(absl::StrCat("a unique key has no direction, but ", column.field->name(), " has one"), "remove ` desc`");
      return false;
    }
    if (column.type.kind != ValueKind::kJson) return true;
    Error(absl::StrCat("the field ", column.field->name(), ", which is jsonb, cannot be part of a unique key"),
          "leave it out");
    return false;
  }

  /// What is unique is so within a tenant, whether its column is named or not.
  void AddUniqueKey(std::vector<int> columns, const std::string& name, bool live_only) {
    if (entity_->tenant) columns.erase(std::remove(columns.begin(), columns.end(), *entity_->tenant), columns.end());
    if (columns.empty()) {
      Error("a unique key over the tenant alone would leave each tenant one row", "name another field beside it");
      return;
    }
    const auto same = [&](const UniqueKey& other) { return other.columns == columns && other.live_only == live_only; };
    const bool repeated = std::any_of(entity_->unique_keys.begin(), entity_->unique_keys.end(), same);
    if (repeated || columns == entity_->key) {
      Error(absl::StrCat("the unique key over ", absl::StrJoin(NamesOf(columns), ", "), " is declared twice"),
            "remove one of the two");
      return;
    }
    UniqueKey key{name.empty() ? naming_.UniqueKey(entity_->table, NamesOf(entity_->InTable(columns))) : name, columns,
                  live_only};
    if (CheckName(*entity_->message, "unique key", key.name, diagnostics_))
      entity_->unique_keys.push_back(std::move(key));
  }

  void AddIndex(const v1::Index& declared, const std::vector<IndexTerm>& terms) {
    Index index;
    index.terms = terms;
    std::vector<int> columns;
    for (const IndexTerm& term : terms) columns.push_back(term.column);
    if (!declared.method().empty()) index.method = absl::AsciiStrToLower(declared.method());
    index.where = std::string(absl::StripAsciiWhitespace(declared.where()));
    index.live_only = entity_->soft_deletable() && index.where.empty() && !declared.include_deleted();
    index.unique = declared.unique();
    if (!CheckMethod(index)) return;
    const bool names_tenant = entity_->tenant && std::count(columns.begin(), columns.end(), *entity_->tenant) > 0;
    if (entity_->tenant && !names_tenant && index.method == "btree") {
      index.terms.insert(index.terms.begin(), {*entity_->tenant, false});  // every statement asks for one tenant's rows
      columns.insert(columns.begin(), *entity_->tenant);
    }
    const bool descending =
        std::any_of(terms.begin(), terms.end(), [](const IndexTerm& term) { return term.descending; });
    if (index.unique && index.where.empty() && !descending) {
      AddUniqueKey(columns, declared.name(), index.live_only);
      return;
    }
    index.name = declared.name().empty() ? naming_.Index(entity_->table, NamesOf(columns)) : declared.name();
    if (CheckName(*entity_->message, "index", index.name, diagnostics_)) entity_->indexes.push_back(std::move(index));
  }

  bool CheckMethod(const Index& index) {
    static constexpr const char* kMethods[] = {"btree", "hash", "gin", "gist", "brin"};
    if (std::find(std::begin(kMethods), std::end(kMethods), index.method) == std::end(kMethods)) {
      Error(absl::StrCat("the index method \"", index.method, "\" is unknown"), "write btree, hash, gin or brin");
      return false;
    }
    if (index.method == "btree") return true;
    bool good = true;
    if (index.unique) {
      Error(absl::StrCat("a ", index.method, " index cannot be unique"), "use btree or remove `unique`");
      good = false;
    }
    if (index.method == "hash" && index.terms.size() > 1) {
      Error("a hash index has one field", "use btree, or an index for each field");
      good = false;
    }
    for (const IndexTerm& term : index.terms) good = CheckMethodTerm(index, term) && good;
    return good;
  }

  bool CheckMethodTerm(const Index& index, const IndexTerm& term) {
    const Column& column = entity_->columns[term.column];
    if (term.descending) {
      Error(absl::StrCat("a ", index.method, " index has no direction"), "remove ` desc`");
      return false;
    }
    const bool container = column.type.array || column.type.kind == ValueKind::kJson;
    if (index.method == "gin" && !container) {
      Error(absl::StrCat("a gin index does not fit the field ", column.field->name()),
            "gin is for jsonb and repeated fields: use btree");
      return false;
    }
    const std::string remedy = container ? "use gin" : "use btree";
    const bool summarised = !container && column.type.kind != ValueKind::kBool && column.type.native_enum.empty();
    if (index.method == "brin" && !summarised) {
      Error(absl::StrCat("a brin index does not fit the field ", column.field->name()), remedy);
      return false;
    }
    if (index.method == "gist") {
      Error(absl::StrCat("a gist index does not fit the field ", column.field->name(),
                         ", for PostgreSQL has no gist operator class for ", Describe(column.type),
                         " without an extension"),
            remedy);
      return false;
    }
    return true;
  }

  /// Whether an index holds every row and begins with the column. One that was declared over the column alone is taken
  /// as it is, also where it leaves deleted rows out.
  bool FindsReferencing(int column) const {
    if (entity_->internal_id.empty() && entity_->key.front() == column) return true;
    for (const UniqueKey& key : entity_->unique_keys) {
      if (key.columns.front() == column && !key.live_only) return true;
    }
    for (const Index& index : entity_->indexes) {
      const bool orders = index.method == "btree" || index.method == "hash";
      const size_t first = entity_->tenant && index.terms.front().column == *entity_->tenant ? 1 : 0;
      if (!orders || !index.where.empty() || first == index.terms.size()) continue;
      if (index.terms[first].column != column) continue;
      if (!index.live_only || index.terms.size() == first + 1) return true;
    }
    return false;
  }

  const Naming& naming_;
  Entity* entity_;
  Diagnostics* diagnostics_;
};

}  // namespace

void CompileKeysAndIndexes(const v1::EntityOptions& options, const Naming& naming, Entity* entity,
                           Diagnostics* diagnostics) {
  if (entity->key.empty()) return;
  KeyCompiler compiler(naming, entity, diagnostics);
  compiler.AddKey();
  compiler.AddUniqueFields();
  compiler.AddUniqueKeys(options);
  compiler.AddIndexes(options);
  compiler.AddForeignKeyIndexes();
}

void CompileDefaultOrder(const v1::EntityOptions& options, Entity* entity, Diagnostics* diagnostics) {
  const std::vector<std::string> declared = absl::StrSplit(options.default_order_by(), ',', absl::SkipWhitespace());
  if (!declared.empty()) {
    const auto terms = ReadTerms(*entity, "default_order_by", declared, diagnostics);
    if (!terms) return;
    for (const IndexTerm& term : *terms) {
      const Column& column = entity->columns[term.column];
      if (column.type.array || column.type.kind == ValueKind::kJson) {
        diagnostics->Error(
            *entity->message,
            absl::StrCat("default_order_by names the field \"", column.field->name(), "\", which has no order"),
            "write a field that is neither repeated nor jsonb");
      }
      entity->default_order.push_back({term.column, term.descending});
    }
  } else if (entity->created_at) {
    entity->default_order.push_back({*entity->created_at, true});
  }
  const bool descending = !entity->default_order.empty() && entity->default_order.back().descending;
  for (const int key : entity->key) {
    const auto same = [&](const OrderTerm& term) { return term.column == key; };
    if (std::none_of(entity->default_order.begin(), entity->default_order.end(), same)) {
      entity->default_order.push_back({key, descending});
    }
  }
}

}  // namespace rowkeeper::catalogue
