#include "server/catalogue/name_check.h"

#include <algorithm>
#include <array>
#include <map>

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "server/catalogue/naming.h"

namespace rowkeeper::catalogue {
namespace {

namespace pb = google::protobuf;

constexpr std::array<absl::string_view, 6> kSystemColumns = {"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"};

/// What is wrong with an identifier; empty when nothing is.
std::string NameProblem(const std::string& what, const std::string& name) {
  if (name.empty()) return absl::StrCat("the ", what, " name is empty");
  if (name.find('\0') != std::string::npos) return absl::StrCat("the ", what, " name holds a NUL byte");
  if (name.size() > kMaxIdentifier) {
    return absl::StrCat("the ", what, " name \"", name, "\" has ", name.size(), " bytes, but PostgreSQL keeps 63");
  }
  return "";
}

/// The names that one schema keeps in one place, and who declared them.
class Namespace {
 public:
  explicit Namespace(Diagnostics* diagnostics) : diagnostics_(diagnostics) {}

  /// False when another has the name; that was reported.
  bool Claim(const std::string& schema, const std::string& name, const pb::Descriptor& by, absl::string_view kind,
             absl::string_view remedy) {
    const std::string owner = absl::StrCat(kind, " of ", by.full_name());
    const auto [found, added] = owners_.emplace(std::make_pair(schema, name), owner);
    if (added) return true;
    diagnostics_->Error(by, absl::StrCat("the ", kind, " name \"", name, "\" is that of the ", found->second, " too"),
                        std::string(remedy));
    return false;
  }

 private:
  Diagnostics* diagnostics_;
  std::map<std::pair<std::string, std::string>, std::string> owners_;
};

constexpr absl::string_view kNameTable = "write another `table`";
constexpr absl::string_view kNameIndex = "write another `name` for the index or unique key";

void ClaimRelations(const Entity& entity, Namespace* relations) {
  relations->Claim(entity.schema, entity.primary_key_name, *entity.message, "primary key", kNameTable);
  for (const UniqueKey& key : entity.unique_keys) {
    relations->Claim(entity.schema, key.name, *entity.message, "unique key", kNameIndex);
  }
  for (const Index& index : entity.indexes) {
    relations->Claim(entity.schema, index.name, *entity.message, "index", kNameIndex);
  }
}

void ClaimConstraints(const Entity& entity, Diagnostics* diagnostics) {
  Namespace constraints(diagnostics);
  const auto claim = [&](const std::string& name, absl::string_view kind) {
    constraints.Claim("", name, *entity.message, kind, "rename one of the columns or the oneof that it is about");
  };
  for (const Column& column : entity.columns) {
    if (column.reference) claim(column.reference->constraint, "foreign key");
  }
  for (const Check& check : entity.checks) claim(check.name, "check");
}

/// A native enum is shared by all columns of the same protobuf enum, and its name by nothing else.
void CheckNativeEnums(const std::vector<std::unique_ptr<Entity>>& entities, Diagnostics* diagnostics) {
  std::map<std::pair<std::string, std::string>, const pb::EnumDescriptor*> types;
  for (const auto& entity : entities) {
    for (const Column& column : entity->columns) {
      if (column.type.native_enum.empty()) continue;
      const auto key = std::make_pair(entity->schema, column.type.native_enum);
      const auto [found, added] = types.emplace(key, column.field->enum_type());
      if (!added && found->second != column.field->enum_type()) {
        diagnostics->Error(*column.field,
                           absl::StrCat("the native enum \"", key.second, "\" would stand for both ",
                                        found->second->full_name(), " and ", column.field->enum_type()->full_name()),
                           "rename one of the enums, or store it as text");
      }
      for (const auto& other : entities) {
        if (other->schema != entity->schema || other->table != key.second) continue;
        diagnostics->Error(
            *column.field,
            absl::StrCat("the native enum \"", key.second, "\" has the name of the table of ", other->full_name),
            "write another `table`, or rename the enum");
      }
    }
  }
}

}  // namespace

bool CheckName(const pb::Descriptor& at, const std::string& what, const std::string& name, Diagnostics* diagnostics) {
  std::string problem = NameProblem(what, name);
  if (problem.empty()) return true;
  diagnostics->Error(at, std::move(problem), "write another name of 1 to 63 bytes");
  return false;
}

bool CheckColumnName(const pb::FieldDescriptor& at, const std::string& name, Diagnostics* diagnostics) {
  std::string problem = NameProblem("column", name);
  std::string remedy = "write (rowkeeper.v1.column).name with 1 to 63 bytes";
  if (problem.empty() && std::count(kSystemColumns.begin(), kSystemColumns.end(), name) > 0) {
    problem = absl::StrCat("\"", name, "\" is the name of a PostgreSQL system column");
    remedy = "write another (rowkeeper.v1.column).name";
  }
  if (problem.empty()) return true;
  diagnostics->Error(at, std::move(problem), std::move(remedy));
  return false;
}

void CheckColumnsDiffer(const Entity& entity, Diagnostics* diagnostics) {
  std::map<std::string, const Column*> exact;
  std::map<std::string, const Column*> lower;
  for (const Column& column : entity.columns) {
    const auto [same, is_new] = exact.emplace(column.name, &column);
    const auto [similar, is_distinct] = lower.emplace(absl::AsciiStrToLower(column.name), &column);
    if (!is_new) {
      diagnostics->Error(
          *column.field,
          absl::StrCat("the column name \"", column.name, "\" is that of field ", same->second->field->name(), " too"),
          "write another (rowkeeper.v1.column).name");
    } else if (!is_distinct) {
      diagnostics->Warning(*column.field,
                           absl::StrCat("the column name \"", column.name, "\" differs from \"", similar->second->name,
                                        "\" in case only"),
                           "write another (rowkeeper.v1.column).name, for hand-written SQL confuses them");
    }
    if (!entity.internal_id.empty() && column.name == entity.internal_id) {
      diagnostics->Error(*column.field,
                         absl::StrCat("the column name \"", column.name, "\" is that of internal_id too"),
                         "write another internal_id, which is a column of its own");
    }
  }
}

void CheckNamesDiffer(const std::vector<std::unique_ptr<Entity>>& entities, Diagnostics* diagnostics) {
  Namespace relations(diagnostics);
  std::vector<const Entity*> distinct;
  for (const auto& entity : entities) {
    if (relations.Claim(entity->schema, entity->table, *entity->message, "table", kNameTable)) {
      distinct.push_back(entity.get());
    }
  }
  for (const Entity* entity : distinct) ClaimRelations(*entity, &relations);
  for (const Entity* entity : distinct) ClaimConstraints(*entity, diagnostics);
  CheckNativeEnums(entities, diagnostics);
}

}  // namespace rowkeeper::catalogue
