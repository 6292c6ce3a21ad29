#pragma once

#include <string>
#include <vector>

#include "server/catalogue/entity.h"
#include "server/catalogue/proto_text.h"

namespace google::protobuf {
class FileDescriptor;
}  // namespace google::protobuf

namespace rowkeeper::catalogue {

/// A field with a meaning of its own in requests; a column of the same name needs an option to be meant instead.
struct StandardField {
  const char* type;
  const char* name;
  const char* bind;
};

inline constexpr StandardField kPageSizeField = {"int32", "page_size", "BINDING_PAGE_SIZE"};
inline constexpr StandardField kPageTokenField = {"string", "page_token", "BINDING_PAGE_TOKEN"};
inline constexpr StandardField kOrderByField = {"string", "order_by", "BINDING_ORDER_BY"};
inline constexpr StandardField kReadMaskField = {"google.protobuf.FieldMask", "read_mask", "BINDING_READ_MASK"};
inline constexpr StandardField kUpdateMaskField = {"google.protobuf.FieldMask", "update_mask", "BINDING_UPDATE_MASK"};
inline constexpr StandardField kDeletedField = {"rowkeeper.v1.Deleted", "deleted", "BINDING_DELETED"};
inline constexpr StandardField kVersionField = {"int64", "version", "BINDING_VERSION"};
inline constexpr StandardField kAllowMissingField = {"bool", "allow_missing", "BINDING_ALLOW_MISSING"};
inline constexpr StandardField kExpressionField = {"string", "filter", "BINDING_FILTER"};
inline constexpr StandardField kCountField = {"rowkeeper.v1.CountMode", "count", "BINDING_COUNT"};
inline constexpr StandardField kMaxAffectedField = {"int64", "max_affected", "BINDING_MAX_AFFECTED"};
inline constexpr StandardField kOlderThanField = {"google.protobuf.Duration", "older_than", "BINDING_OLDER_THAN"};

/// The repository of one entity while it is written: the names that its methods share, and their usual parts.
class RepositoryText {
 public:
  explicit RepositoryText(const Entity& entity);

  const Entity& entity() const { return entity_; }
  const Column& ColumnAt(int index) const { return entity_.columns[index]; }
  /// The entity's message as this file spells it, "Outer.City"; its name in names of others, "OuterCity"; its plural.
  const std::string& type() const { return type_; }
  const std::string& name() const { return name_; }
  const std::string& plural() const { return plural_; }
  FileText& file() { return file_; }
  /// Where the file goes, as imports spell it.
  std::string path() const;

  /// The type of a column's field as this file spells it; imports what it needs.
  std::string TypeOf(const Column& column);
  /// The field that means equality with a column.
  FieldText Equality(int index);
  void AddEqualities(const std::vector<int>& columns, MessageText* message);
  void AddStandard(const StandardField& standard, MessageText* message);
  /// Equality with each enum that the request has no field for yet; callers may leave it out.
  void AddOptionalEnums(MessageText* request);
  void AddMethod(std::string comment, const std::string& method, const std::string& response, MessageText request);
  /// "ById", "ByTenantIdAndNumber"
  std::string By(const std::vector<int>& columns) const;

 private:
  void CopyFileOptions();

  const Entity& entity_;
  const google::protobuf::FileDescriptor& package_file_;
  const std::string type_;
  const std::string name_;
  const std::string plural_;
  FileText file_;
};

/// Batches and upserts.
void AddBatches(RepositoryText* text);
/// Changes of all rows that match, and the purge.
void AddBulkChanges(RepositoryText* text);
/// Import and export.
void AddStreams(RepositoryText* text);

}  // namespace rowkeeper::catalogue
