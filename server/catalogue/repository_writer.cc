#include "server/catalogue/repository_writer.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "server/catalogue/naming.h"
#include "server/catalogue/proto_text.h"

namespace rowkeeper::catalogue {
namespace {

namespace pb = google::protobuf;

/// Fields with a meaning of their own in requests; a column of the same name needs an option to be meant instead.
struct StandardField {
  const char* type;
  const char* name;
  const char* bind;
};

constexpr StandardField kPageSize = {"int32", "page_size", "BINDING_PAGE_SIZE"};
constexpr StandardField kPageToken = {"string", "page_token", "BINDING_PAGE_TOKEN"};
constexpr StandardField kOrderBy = {"string", "order_by", "BINDING_ORDER_BY"};
constexpr StandardField kReadMask = {"google.protobuf.FieldMask", "read_mask", "BINDING_READ_MASK"};
constexpr StandardField kUpdateMask = {"google.protobuf.FieldMask", "update_mask", "BINDING_UPDATE_MASK"};
constexpr StandardField kDeleted = {"rowkeeper.v1.Deleted", "deleted", "BINDING_DELETED"};
constexpr StandardField kVersion = {"int64", "version", "BINDING_VERSION"};
constexpr StandardField kAllowMissing = {"bool", "allow_missing", "BINDING_ALLOW_MISSING"};
constexpr StandardField kStandardFields[] = {kPageSize,   kPageToken, kOrderBy, kReadMask,
                                             kUpdateMask, kDeleted,   kVersion, kAllowMissing};

bool IsStandardName(const std::string& name) {
  return std::any_of(std::begin(kStandardFields), std::end(kStandardFields),
                     [&](const StandardField& field) { return name == field.name; });
}

/// The plural of a message's name: `Category` -> `Categories`, `LLM` -> `LLMs`.
std::string PluralMessage(const std::string& name) {
  const std::string singular = SnakeCase(name);
  const std::string plural = Plural(singular);
  const auto [end, plural_end] = std::mismatch(singular.begin(), singular.end(), plural.begin(), plural.end());
  return absl::StrCat(name.substr(0, name.size() - (singular.end() - end)), std::string(plural_end, plural.end()));
}

/// A message's name within its package, nested ones with their parents: "Outer.Inner".
std::string NameInPackage(const std::string& full_name, const pb::FileDescriptor& file) {
  if (file.package().empty()) return full_name;
  return full_name.substr(file.package().size() + 1);
}

std::string WithoutDots(std::string name) {
  name.erase(std::remove(name.begin(), name.end(), '.'), name.end());
  return name;
}

/// Two columns that bound a list: equality on one (where there is one), a window on the other.
struct DateRange {
  std::optional<int> owner;
  int time = 0;
};

/// Writes the repository of one entity.
class RepositoryWriter {
 public:
  explicit RepositoryWriter(const Entity& entity)
      : entity_(entity),
        package_file_(*entity.message->file()),
        type_(NameInPackage(entity.full_name, package_file_)),
        name_(WithoutDots(type_)),
        plural_(PluralMessage(name_)) {}

  WrittenProto Write() {
    file_.comment = absl::StrCat("The repository of ", entity_.full_name, ".");
    file_.package = package_file_.package();
    file_.imports = {package_file_.name(), "rowkeeper/v1/annotations.proto"};
    file_.service = absl::StrCat(name_, "Repository");
    file_.entity = entity_.full_name;
    CopyFileOptions();
    AddCreate();
    AddGets();
    AddLists();
    AddUpdate();
    AddDeletes();
    const std::string& own = package_file_.name();
    const size_t slash = own.rfind('/');
    const std::string folder = slash == std::string::npos ? "" : own.substr(0, slash + 1);
    return {absl::StrCat(folder, SnakeCase(name_), "_repository.proto"), Print(file_)};
  }

 private:
  /// Generators, and buf with them, want these to be the same in all files of a package.
  void CopyFileOptions() {
    const pb::FileOptions& options = package_file_.options();
    std::vector<const pb::FieldDescriptor*> set;
    options.GetReflection()->ListFields(options, &set);
    for (const pb::FieldDescriptor* field : set) {
      if (field->is_extension() || field->is_repeated()) continue;
      if (field->type() == pb::FieldDescriptor::TYPE_STRING) {
        file_.options.push_back(
            absl::StrCat("option ", field->name(), " = \"", options.GetReflection()->GetString(options, field), "\";"));
      } else if (field->name() == "java_multiple_files" && options.java_multiple_files()) {
        file_.options.push_back("option java_multiple_files = true;");
      }
    }
  }

  const Column& ColumnAt(int index) const { return entity_.columns[index]; }

  /// The type of a column's field as this file spells it; imports what it needs.
  std::string TypeOf(const Column& column) {
    const pb::FieldDescriptor& field = *column.field;
    const pb::FileDescriptor* file = nullptr;
    std::string name = field.type_name();
    if (field.enum_type() != nullptr) {
      file = field.enum_type()->file();
      name = field.enum_type()->full_name();
    } else if (field.message_type() != nullptr) {
      file = field.message_type()->file();
      name = field.message_type()->full_name();
    } else {
      return name;
    }
    file_.imports.insert(file->name());
    return file->package() == package_file_.package() ? NameInPackage(name, package_file_) : name;
  }

  FieldText Equality(int index) {
    const Column& column = ColumnAt(index);
    const std::string& name = column.field->name();
    FieldText field;
    field.type = column.field->is_repeated() ? absl::StrCat("repeated ", TypeOf(column)) : TypeOf(column);
    field.name = name;
    if (IsStandardName(name)) field.filter = {absl::StrCat("field: \"", name, "\"")};
    return field;
  }

  void AddEqualities(const std::vector<int>& columns, MessageText* message) {
    for (const int column : columns) message->fields.push_back(Equality(column));
  }

  void AddStandard(const StandardField& standard, MessageText* message) {
    const std::string mask = "google.protobuf.FieldMask";
    if (standard.type == mask) file_.imports.insert("google/protobuf/field_mask.proto");
    const auto taken = [&](const FieldText& field) { return field.name == standard.name; };
    FieldText field{standard.type, standard.name, {}, ""};
    if (std::any_of(message->fields.begin(), message->fields.end(), taken)) {
      field.name = absl::StrCat("request_", standard.name);
      field.bind = standard.bind;
    }
    message->fields.push_back(std::move(field));
  }

  void AddMethod(std::string comment, const std::string& method, const std::string& response, MessageText request) {
    file_.methods.push_back({std::move(comment), method, request.name, response});
    file_.messages.push_back(std::move(request));
  }

  void AddCreate() {
    AddMethod("Stores a new row and returns it as stored.", "Create", type_,
              {absl::StrCat("Create", name_, "Request"), {{type_, SnakeCase(name_), {}, ""}}});
  }

  /// "ById", "ByTenantIdAndNumber"
  std::string By(const std::vector<int>& columns) const {
    std::string by;
    for (const int column : columns) {
      absl::StrAppend(&by, by.empty() ? "By" : "And", PascalCase(ColumnAt(column).field->name()));
    }
    return by;
  }

  void AddGet(const std::vector<int>& columns) {
    MessageText request{absl::StrCat("Get", name_, By(columns), "Request"), {}};
    AddEqualities(columns, &request);
    AddStandard(kReadMask, &request);
    if (entity_.soft_deletable()) AddStandard(kDeleted, &request);
    AddMethod("", absl::StrCat("Get", By(columns)), type_, std::move(request));
  }

  void AddGets() {
    AddGet(entity_.key);
    for (const UniqueKey& key : entity_.unique_keys) {
      if (key.columns != entity_.key) AddGet(key.columns);
    }
  }

  /// Enums make good filters that a caller may leave out.
  void AddOptionalFilters(MessageText* request) {
    for (size_t i = 0; i < entity_.columns.size(); ++i) {
      const Column& column = ColumnAt(static_cast<int>(i));
      if (column.type.kind != ValueKind::kEnum || column.type.array || column.key) continue;
      const auto taken = [&](const FieldText& field) { return field.name == column.field->name(); };
      if (std::any_of(request->fields.begin(), request->fields.end(), taken)) continue;
      FieldText field = Equality(static_cast<int>(i));
      field.type = absl::StrCat("optional ", field.type);
      request->fields.push_back(std::move(field));
    }
  }

  void AddList(const std::string& comment, const std::string& suffix, std::vector<FieldText> filters) {
    MessageText request{absl::StrCat("List", plural_, suffix, "Request"), std::move(filters)};
    AddOptionalFilters(&request);
    for (const StandardField& standard : {kPageSize, kPageToken, kOrderBy, kReadMask}) AddStandard(standard, &request);
    if (entity_.soft_deletable()) AddStandard(kDeleted, &request);
    AddMethod(comment, absl::StrCat("List", suffix), absl::StrCat("List", plural_, "Response"), std::move(request));
  }

  void AddLists() {
    AddList("Pages of all rows.", "", {});
    for (size_t i = 0; i < entity_.columns.size(); ++i) {
      const Column& column = ColumnAt(static_cast<int>(i));
      if (!column.reference || IsUniqueAlone(static_cast<int>(i))) continue;
      const std::string name(absl::StripSuffix(column.field->name(), "_id"));
      AddList("", absl::StrCat("By", PascalCase(name)), {Equality(static_cast<int>(i))});
    }
    const std::optional<DateRange> range = FindDateRange();
    if (range) AddDateRange(*range);
    MessageText response{absl::StrCat("List", plural_, "Response"), {}};
    response.fields.push_back({absl::StrCat("repeated ", type_), Plural(SnakeCase(name_)), {}, ""});
    response.fields.push_back({"string", "next_page_token", {}, ""});
    file_.messages.push_back(std::move(response));
  }

  bool IsUniqueAlone(int column) const {
    const std::vector<int> alone = {column};
    const auto same = [&](const UniqueKey& key) { return key.columns == alone; };
    return entity_.key == alone || std::any_of(entity_.unique_keys.begin(), entity_.unique_keys.end(), same);
  }

  bool IsOwnTime(int index) const {
    const Column& column = ColumnAt(index);
    return column.type.kind == ValueKind::kTimestamp && !column.type.array && column.role == Role::kNone;
  }

  /// The index of a reference and a time says best what callers look for; then any sortable time, by the first
  /// reference. The timestamps with a role are no one's appointments.
  std::optional<DateRange> FindDateRange() const {
    for (const Index& index : entity_.indexes) {
      if (index.terms.size() < 2 || index.method != "btree") continue;
      const int owner = index.terms[0].column;
      const int time = index.terms[1].column;
      if (ColumnAt(owner).reference && IsOwnTime(time)) return DateRange{owner, time};
    }
    for (size_t i = 0; i < entity_.columns.size(); ++i) {
      if (!IsOwnTime(static_cast<int>(i)) || !entity_.columns[i].sortable) continue;
      DateRange range{std::nullopt, static_cast<int>(i)};
      for (size_t j = 0; j < entity_.columns.size() && !range.owner; ++j) {
        if (entity_.columns[j].reference && !entity_.columns[j].nullable) range.owner = static_cast<int>(j);
      }
      return range;
    }
    return std::nullopt;
  }

  void AddDateRange(const DateRange& range) {
    const std::string& time = ColumnAt(range.time).field->name();
    const std::string type = TypeOf(ColumnAt(range.time));
    const std::string field = absl::StrCat("field: \"", time, "\"");
    std::vector<FieldText> filters;
    if (range.owner) filters.push_back(Equality(*range.owner));
    filters.push_back({type, "start_time", {field, "op: FILTER_OPERATOR_GREATER_OR_EQUAL"}, ""});
    filters.push_back({type, "end_time", {field, "op: FILTER_OPERATOR_LESS"}, ""});
    AddList(absl::StrCat("Pages of rows whose ", time, " is in the window from start_time to before end_time."),
            "ByDateRange", std::move(filters));
  }

  void AddUpdate() {
    MessageText request{absl::StrCat("Update", name_, "Request"), {{type_, SnakeCase(name_), {}, ""}}};
    AddStandard(kUpdateMask, &request);
    AddMethod("Writes the fields that update_mask names; * names all.", "Update", type_, std::move(request));
  }

  void AddChange(const std::string& comment, const std::string& method, const std::string& response) {
    MessageText request{absl::StrCat(method, name_, "Request"), {}};
    AddEqualities(entity_.key, &request);
    if (entity_.version) AddStandard(kVersion, &request);
    AddStandard(kAllowMissing, &request);
    AddMethod(comment, method, response, std::move(request));
  }

  void AddDeletes() {
    if (entity_.soft_deletable()) {
      AddChange("Hides the row from every read that does not ask for deleted rows.", "SoftDelete", type_);
      AddChange("Takes a soft delete back.", "Restore", type_);
    }
    file_.imports.insert("google/protobuf/empty.proto");
    AddChange("Removes the row for good.", "Delete", "google.protobuf.Empty");
  }

  const Entity& entity_;
  const pb::FileDescriptor& package_file_;
  const std::string type_;
  const std::string name_;
  const std::string plural_;
  FileText file_;
};

}  // namespace

WrittenProto WriteRepository(const Entity& entity) { return RepositoryWriter(entity).Write(); }

}  // namespace rowkeeper::catalogue
