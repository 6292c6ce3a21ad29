#include "server/catalogue/name_check.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "google/protobuf/descriptor.h"
#include "server/catalogue/naming.h"

namespace rowkeeper::catalogue {
namespace {

namespace pb = google::protobuf;

constexpr std::array<absl::string_view, 6> kSystemColumns = {"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"};

/// The types of pg_catalog that do not start with "pg_".
constexpr absl::string_view kCatalogTypes =
    " aclitem any anyarray anycompatible anycompatiblearray anycompatiblemultirange anycompatiblenonarray "
    "anycompatiblerange anyelement anyenum anymultirange anynonarray anyrange bit bool box bpchar bytea char cid "
    "cidr circle cstring date datemultirange daterange event_trigger fdw_handler float4 float8 gtsvector "
    "index_am_handler inet int2 int2vector int4 int4multirange int4range int8 int8multirange int8range internal "
    "interval json jsonb jsonpath language_handler line lseg macaddr macaddr8 money name numeric nummultirange "
    "numrange oid oidvector path point polygon record refcursor regclass regcollation regconfig regdictionary "
    "regnamespace regoper regoperator regproc regprocedure regrole regtype smgr table_am_handler text tid time "
    "timestamp timestamptz timetz trigger tsm_handler tsmultirange tsquery tsrange tstzmultirange tstzrange "
    "tsvector txid_snapshot unknown uuid varbit varchar void xid xid8 xml ";

bool IsCatalogType(absl::string_view name) { return absl::StrContains(kCatalogTypes, absl::StrCat(" ", name, " ")); }

/// What is wrong with an identifier; empty when nothing is.
std::string NameProblem(const std::string& what, const std::string& name) {
  if (name.empty()) return absl::StrCat("the ", what, " name is empty");
  if (name.find('\0') != std::string::npos) return absl::StrCat("the ", what, " name holds a NUL byte");
  if (name.size() > kMaxIdentifier) {
    return absl::StrCat("the ", what, " name \"", name, "\" has ", name.size(), " bytes, but PostgreSQL keeps 63");
  }
  return "";
}

/// Where a table is unless the search_path was changed.
std::string UsualSchema(const std::string& declared) { return declared.empty() ? "public" : declared; }

/// The names that one schema keeps in one place, and who declared them.
class Namespace {
 public:
  explicit Namespace(Diagnostics* diagnostics) : diagnostics_(diagnostics) {}

  /// False when another has the name; that was reported.
  bool Claim(const std::string& schema, const std::string& name, const pb::Descriptor& by, absl::string_view kind,
             absl::string_view remedy) {
    const Owner owner{absl::StrCat(kind, " of ", by.full_name()), schema};
    const auto [found, added] = owners_.emplace(std::make_pair(UsualSchema(schema), name), owner);
    if (added) return true;
    const bool guessed = found->second.schema != schema;
    diagnostics_->Error(by,
                        absl::StrCat("the ", kind, " name \"", name, "\" is that of the ", found->second.what, " too",
                                     guessed ? ", for a table without schema normally is in \"public\"" : ""),
                        absl::StrCat(remedy, guessed ? ", or the `schema` of both" : ""));
    return false;
  }

 private:
  struct Owner {
    std::string what;
    /// As declared.
    std::string schema;
  };

  Diagnostics* diagnostics_;
  std::map<std::pair<std::string, std::string>, Owner> owners_;
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

/// The search_path has PostgreSQL's own types before all others, under any name that they have.
bool CheckEnumName(const Column& column, Diagnostics* diagnostics) {
  const absl::string_view name = column.type.native_enum;
  if (!absl::StartsWith(name, "pg_") && !IsCatalogType(absl::StripPrefix(name, "_"))) return true;
  diagnostics->Error(*column.field,
                     absl::StrCat("the native enum \"", name, "\" has the name of a type of PostgreSQL's own"),
                     "rename the enum, or store it as text");
  return false;
}

/// A native enum is shared by all columns of the same protobuf enum, and its name by nothing else.
void CheckNativeEnums(const std::vector<std::unique_ptr<Entity>>& entities, Diagnostics* diagnostics) {
  std::map<std::pair<std::string, std::string>, const pb::EnumDescriptor*> types;
  for (const auto& entity : entities) {
    for (const Column& column : entity->columns) {
      if (column.type.native_enum.empty() || !CheckEnumName(column, diagnostics)) continue;
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
