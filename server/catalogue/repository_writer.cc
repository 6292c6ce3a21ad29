#include "server/catalogue/repository_writer.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "server/catalogue/naming.h"
#include "server/catalogue/repository_text.h"

namespace rowkeeper::catalogue {
namespace {

namespace pb = google::protobuf;

/// Two columns that bound a list: equality on one (where there is one), a window on the other.
struct DateRange {
  std::optional<int> owner;
  int time = 0;
};

/// Null for what is no option with a text or a truth as its value.
const pb::FieldDescriptor* FindFileOption(const std::string& name) {
  const pb::FieldDescriptor* option = pb::FileOptions::descriptor()->FindFieldByName(name);
  if (option == nullptr || option->is_repeated()) return nullptr;
  const bool is_known =
      option->type() == pb::FieldDescriptor::TYPE_STRING || option->type() == pb::FieldDescriptor::TYPE_BOOL;
  return is_known ? option : nullptr;
}

/// In the place of the entity's own value, or after its options.
void SetFileOption(const std::string& name, const std::string& value, std::vector<std::string>* lines) {
  const bool is_text = FindFileOption(name)->type() == pb::FieldDescriptor::TYPE_STRING;
  const std::string begin = absl::StrCat("option ", name, " = ");
  const std::string line = absl::StrCat(begin, is_text ? absl::StrCat("\"", absl::CEscape(value), "\"") : value, ";");
  const auto same = std::find_if(lines->begin(), lines->end(),
                                 [&begin](const std::string& other) { return absl::StartsWith(other, begin); });
  if (same == lines->end()) {
    lines->push_back(line);
  } else {
    *same = line;
  }
}

/// Writes the repository of one entity.
class RepositoryWriter : private RepositoryText {
 public:
  explicit RepositoryWriter(const Entity& entity) : RepositoryText(entity), entity_(entity) {}
  using RepositoryText::path;

  FileText Compose() {
    AddCreate();
    AddGets();
    AddLists();
    AddCount();
    AddUpdate();
    AddDeletes();
    AddBatches(this);
    AddBulkChanges(this);
    AddStreams(this);
    return std::move(file());
  }

 private:
  void AddCreate() {
    AddMethod("Stores a new row and returns it as stored.", "Create", type(),
              {absl::StrCat("Create", name(), "Request"), {{type(), SnakeCase(name()), {}, ""}}});
  }

  void AddGet(const std::vector<int>& columns) {
    MessageText request{absl::StrCat("Get", name(), By(columns), "Request"), {}};
    AddEqualities(columns, &request);
    AddStandard(kReadMaskField, &request);
    if (entity_.soft_deletable()) AddStandard(kDeletedField, &request);
    AddMethod("", absl::StrCat("Get", By(columns)), type(), std::move(request));
  }

  void AddGets() {
    AddGet(entity_.key);
    for (const UniqueKey& key : entity_.unique_keys) {
      if (key.columns != entity_.key) AddGet(key.columns);
    }
  }

  void AddList(const std::string& comment, const std::string& suffix, std::vector<FieldText> filters) {
    MessageText request{absl::StrCat("List", plural(), suffix, "Request"), std::move(filters)};
    AddOptionalEnums(&request);
    for (const StandardField& standard : {kPageSizeField, kPageTokenField, kOrderByField, kReadMaskField})
      AddStandard(standard, &request);
    if (entity_.soft_deletable()) AddStandard(kDeletedField, &request);
    if (has_filterable()) AddStandard(kExpressionField, &request);
    AddStandard(kCountField, &request);
    AddMethod(comment, absl::StrCat("List", suffix), absl::StrCat("List", plural(), "Response"), std::move(request));
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
    MessageText response{absl::StrCat("List", plural(), "Response"), {}};
    response.fields.push_back({absl::StrCat("repeated ", type()), Plural(SnakeCase(name())), {}, ""});
    response.fields.push_back({"string", "next_page_token", {}, ""});
    response.fields.push_back({"string", "previous_page_token", {}, ""});
    response.fields.push_back({"optional int64", "total_size", {}, ""});
    file().messages.push_back(std::move(response));
  }

  bool has_filterable() const {
    return std::any_of(entity_.columns.begin(), entity_.columns.end(), [](const Column& c) { return c.filterable; });
  }

  void AddCount() {
    MessageText request{absl::StrCat("Count", plural(), "Request"), {}};
    AddOptionalEnums(&request);
    if (entity_.soft_deletable()) AddStandard(kDeletedField, &request);
    if (has_filterable()) AddStandard(kExpressionField, &request);
    AddStandard(kCountField, &request);
    const std::string response = absl::StrCat("Count", plural(), "Response");
    AddMethod("How many rows match.", "Count", response, std::move(request));
    file().messages.push_back({response, {{"int64", "total_size", {}, ""}}});
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
    MessageText request{absl::StrCat("Update", name(), "Request"), {{type(), SnakeCase(name()), {}, ""}}};
    AddStandard(kUpdateMaskField, &request);
    AddMethod("Writes the fields that update_mask names; * names all.", "Update", type(), std::move(request));
  }

  void AddChange(const std::string& comment, const std::string& method, const std::string& response) {
    MessageText request{absl::StrCat(method, name(), "Request"), {}};
    AddEqualities(entity_.key, &request);
    if (entity_.version) AddStandard(kVersionField, &request);
    AddStandard(kAllowMissingField, &request);
    AddMethod(comment, method, response, std::move(request));
  }

  void AddDeletes() {
    if (entity_.soft_deletable()) {
      AddChange("Hides the row from every read that does not ask for deleted rows.", "SoftDelete", type());
      AddChange("Takes a soft delete back.", "Restore", type());
    }
    file().imports.insert("google/protobuf/empty.proto");
    AddChange("Removes the row for good.", "Delete", "google.protobuf.Empty");
  }

  const Entity& entity_;
};

}  // namespace

WrittenProto WriteRepository(const Entity& entity, const FileOptionValues& options) {
  RepositoryWriter writer(entity);
  FileText file = writer.Compose();
  for (const auto& [name, value] : options) SetFileOption(name, value, &file.options);
  return {writer.path(), Print(file)};
}

FileText ComposeRepository(const Entity& entity) { return RepositoryWriter(entity).Compose(); }

absl::Status CheckFileOption(const std::string& name, const std::string& value) {
  const pb::FieldDescriptor* option = FindFileOption(name);
  if (option == nullptr) return absl::InvalidArgumentError(absl::StrCat("a .proto file has no option ", name));
  if (option->type() == pb::FieldDescriptor::TYPE_BOOL && value != "true" && value != "false") {
    return absl::InvalidArgumentError(absl::StrCat("the option ", name, " is true or false"));
  }
  return absl::OkStatus();
}

}  // namespace rowkeeper::catalogue
