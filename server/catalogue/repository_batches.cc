#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "server/catalogue/naming.h"
#include "server/catalogue/repository_text.h"

namespace rowkeeper::catalogue {
namespace {

bool AnyColumn(const Entity& entity, bool (*matches)(const Column&)) {
  return std::any_of(entity.columns.begin(), entity.columns.end(), matches);
}

/// Something beside the key that a batch of rows can write.
bool IsWritable(const Column& column) { return !column.key && !column.output_only; }
bool IsChangeable(const Column& column) { return IsWritable(column) && !column.immutable; }
bool IsGiven(const Column& column) { return !column.output_only; }

/// Writes the batches of one repository.
class BatchesWriter {
 public:
  explicit BatchesWriter(RepositoryText* text) : text_(*text), entity_(text->entity()) {}

  void Write() {
    AddBatchGet();
    if (AnyColumn(entity_, IsGiven)) AddBatchCreate();
    if (AnyColumn(entity_, IsWritable)) AddBatchUpdate();
    if (entity_.soft_deletable()) {
      AddChange("BatchSoftDelete");
      AddChange("BatchRestore");
    }
    AddChange("BatchDelete");
    AddUpserts();
    AddKeyMessage();
  }

 private:
  std::string Request(const std::string& method) const { return absl::StrCat(method, text_.plural(), "Request"); }
  std::string Response(const std::string& method) const { return absl::StrCat(method, text_.plural(), "Response"); }
  FieldText Rows() const { return {absl::StrCat("repeated ", text_.type()), Plural(SnakeCase(text_.name())), {}, ""}; }
  std::string KeyMessage() const { return absl::StrCat(text_.name(), "Key"); }

  /// The values of a single key column, where nothing else is to be said of a row; else messages.
  FieldText Keys(bool versions) {
    const Column& key = text_.ColumnAt(entity_.key.front());
    const bool plain = entity_.key.size() == 1 && !(versions && entity_.version);
    if (plain && key.field->message_type() == nullptr) {
      return {absl::StrCat("repeated ", text_.TypeOf(key)), Plural(key.field->name()), {}, ""};
    }
    needs_key_message_ = true;
    return {absl::StrCat("repeated ", KeyMessage()), "keys", {}, ""};
  }

  FieldText Missing(const FieldText& keys) const { return {keys.type, absl::StrCat("missing_", keys.name), {}, ""}; }

  void AddBatchGet() {
    const FieldText keys = Keys(false);
    MessageText request{Request("BatchGet"), {keys}};
    text_.AddStandard(kReadMaskField, &request);
    if (entity_.soft_deletable()) text_.AddStandard(kDeletedField, &request);
    text_.AddStandard(kAllowMissingField, &request);
    text_.AddMethod("Rows by their keys, in the request's order.", "BatchGet", Response("BatchGet"),
                    std::move(request));
    text_.file().messages.push_back({Response("BatchGet"), {Rows(), Missing(keys)}});
  }

  void AddBatchCreate() {
    text_.AddMethod("Stores new rows, all or none.", "BatchCreate", Response("BatchCreate"),
                    {Request("BatchCreate"), {Rows()}});
    text_.file().messages.push_back({Response("BatchCreate"), {Rows()}});
  }

  void AddBatchUpdate() {
    MessageText request{Request("BatchUpdate"), {Rows()}};
    text_.AddStandard(kUpdateMaskField, &request);
    text_.AddMethod("Writes the fields that update_mask names to all rows, or to none.", "BatchUpdate",
                    Response("BatchUpdate"), std::move(request));
    text_.file().messages.push_back({Response("BatchUpdate"), {Rows()}});
  }

  void AddChange(const std::string& method) {
    const FieldText keys = Keys(true);
    MessageText request{Request(method), {keys}};
    text_.AddStandard(kAllowMissingField, &request);
    const bool remove = method == "BatchDelete";
    text_.AddMethod(remove ? "Removes rows for good, all or none." : "", method,
                    remove ? "google.protobuf.Empty" : Response(method), std::move(request));
    if (!remove) text_.file().messages.push_back({Response(method), {Rows(), Missing(keys)}});
  }

  void AddUpserts() {
    for (int index : entity_.key) {
      if (text_.ColumnAt(index).output_only) return;  // callers could not name the row
    }
    const std::string one = SnakeCase(text_.name());
    const std::string outcome = "rowkeeper.v1.WriteOutcome";
    MessageText request{absl::StrCat("Upsert", text_.name(), "Request"), {{text_.type(), one, {}, ""}}};
    text_.AddStandard(kUpdateMaskField, &request);
    const std::string response = absl::StrCat("Upsert", text_.name(), "Response");
    text_.AddMethod("Creates the row, or updates the one with its key.", "Upsert", response, std::move(request));
    text_.file().messages.push_back({response, {{text_.type(), one, {}, ""}, {outcome, "outcome", {}, ""}}});

    MessageText batch{Request("BatchUpsert"), {Rows()}};
    text_.AddStandard(kUpdateMaskField, &batch);
    text_.AddMethod("", "BatchUpsert", Response("BatchUpsert"), std::move(batch));
    text_.file().messages.push_back(
        {Response("BatchUpsert"), {Rows(), {absl::StrCat("repeated ", outcome), "outcomes", {}, ""}}});
  }

  void AddKeyMessage() {
    if (!needs_key_message_) return;
    MessageText message{KeyMessage(), {}};
    for (int index : entity_.key) message.fields.push_back(Plain(index));
    if (entity_.version) message.fields.push_back(Plain(*entity_.version));
    text_.file().messages.push_back(std::move(message));
  }

  /// Inside a key no standard name has a meaning of its own.
  FieldText Plain(int index) {
    FieldText field = text_.Equality(index);
    field.filter.clear();
    return field;
  }

  RepositoryText& text_;
  const Entity& entity_;
  bool needs_key_message_ = false;
};

/// Writes the bulk changes of one repository.
class BulkWriter {
 public:
  explicit BulkWriter(RepositoryText* text) : text_(*text), entity_(text->entity()) {}

  void Write() {
    if (AnyColumn(entity_, IsChangeable)) {
      MessageText request = Begin("UpdateWhere");
      request.fields.push_back({text_.type(), SnakeCase(text_.name()), {}, ""});
      text_.AddStandard(kUpdateMaskField, &request);
      AddFilters(&request);
      Finish("UpdateWhere", "Writes the fields that update_mask names to all rows that match.", std::move(request));
    }
    if (entity_.soft_deletable()) {
      MessageText request = Begin("SoftDeleteWhere");
      AddFilters(&request);
      Finish("SoftDeleteWhere", "", std::move(request));
    }
    MessageText request = Begin("DeleteWhere");
    AddFilters(&request);
    if (entity_.soft_deletable()) text_.AddStandard(kDeletedField, &request);
    Finish("DeleteWhere", "Removes all rows that match for good.", std::move(request));
    if (entity_.deleted_at) AddPurge();
  }

 private:
  MessageText Begin(const std::string& method) const { return {Name(method, "Request"), {}}; }
  /// UpdateTodosWhereRequest, for a method of the name UpdateWhere.
  std::string Name(const std::string& method, const std::string& end) const {
    constexpr size_t kWhere = 5;
    return absl::StrCat(method.substr(0, method.size() - kWhere), text_.plural(), "Where", end);
  }

  void Finish(const std::string& method, const std::string& comment, MessageText request) {
    text_.AddStandard(kMaxAffectedField, &request);
    const std::string response = Name(method, "Response");
    text_.AddMethod(comment, method, response, std::move(request));
    text_.file().messages.push_back({response, {{"int64", "affected", {}, ""}}});
  }

  /// The rows of some keys, of a reference, in a state; at least one must be given.
  void AddFilters(MessageText* request) {
    AddKeyFilter(request);
    for (size_t i = 0; i < entity_.columns.size(); ++i) {
      if (text_.ColumnAt(static_cast<int>(i)).reference && !text_.ColumnAt(static_cast<int>(i)).key) {
        AddOptional(static_cast<int>(i), request);
      }
    }
    text_.AddOptionalEnums(request);
    const auto filterable = [](const Column& column) { return column.filterable; };
    if (std::any_of(entity_.columns.begin(), entity_.columns.end(), filterable)) {
      text_.AddStandard(kExpressionField, request);
    }
  }

  void AddKeyFilter(MessageText* request) {
    const Column& key = text_.ColumnAt(entity_.key.front());
    const std::string several = Plural(key.field->name());
    if (entity_.key.size() > 1 || IsTaken(several, *request)) {
      for (int index : entity_.key) AddOptional(index, request);
      return;
    }
    request->fields.push_back(
        {absl::StrCat("repeated ", text_.TypeOf(key)),
         several,
         {absl::StrCat("field: \"", key.field->name(), "\""), "op: FILTER_OPERATOR_IN", "skip_empty: true"},
         ""});
  }

  static bool IsTaken(const std::string& name, const MessageText& request) {
    return std::any_of(request.fields.begin(), request.fields.end(),
                       [&name](const FieldText& field) { return field.name == name; });
  }

  void AddOptional(int index, MessageText* request) {
    FieldText field = text_.Equality(index);
    if (IsTaken(field.name, *request)) return;
    field.type = absl::StrCat("optional ", field.type);
    request->fields.push_back(std::move(field));
  }

  void AddPurge() {
    MessageText request{absl::StrCat("Purge", text_.plural(), "Request"), {}};
    text_.AddStandard(kOlderThanField, &request);
    text_.AddStandard(kMaxAffectedField, &request);
    const std::string response = absl::StrCat("Purge", text_.plural(), "Response");
    text_.AddMethod("Removes rows for good that were soft-deleted at least older_than ago.", "Purge", response,
                    std::move(request));
    text_.file().messages.push_back({response, {{"int64", "affected", {}, ""}, {"bool", "more", {}, ""}}});
  }

  RepositoryText& text_;
  const Entity& entity_;
};

}  // namespace

void AddBatches(RepositoryText* text) { BatchesWriter(text).Write(); }

void AddBulkChanges(RepositoryText* text) { BulkWriter(text).Write(); }

}  // namespace rowkeeper::catalogue
