#include "server/base/row_errors.h"

#include "absl/strings/str_join.h"
#include "server/base/error_builder.h"
#include "server/base/errors.h"
#include "server/base/text.h"
#include "server/base/utf8.h"

namespace rowkeeper {
namespace {

/// "ids[2] (0b52…), ids[5] (77aa…); and 3 more".
std::string ListItems(const std::vector<BatchItem>& items, std::string_view before_detail) {
  constexpr size_t kShownItems = 20;
  std::string list;
  for (size_t i = 0; i < items.size() && i < kShownItems; ++i) {
    list += Cat(i == 0 ? "" : ", ", items[i].first, " (", before_detail, ShortenUtf8(items[i].second, 60), ")");
  }
  if (items.size() > kShownItems) list += Cat(" and ", items.size() - kShownItems, " more");
  return list;
}

/// An error about elements of a batch.
ErrorBuilder ErrorOfItems(Reason reason, std::string_view message, std::string_view entity,
                          const std::vector<BatchItem>& items) {
  std::vector<std::string_view> elements;
  for (const BatchItem& item : items) elements.push_back(item.first);
  ErrorBuilder error(reason, message);
  error.With("entity", entity).WithList("elements", elements);
  return error;
}

}  // namespace

absl::Status RowNotFound(std::string_view entity, std::string_view key) {
  return ErrorBuilder(Reason::kRowNotFound, Cat("there is no ", entity, " with ", ShownInError(key)))
      .With("entity", entity)
      .WithResource(entity, key)
      .Build();
}

absl::Status RowNotDeleted(std::string_view entity, std::string_view key) {
  return ErrorBuilder(Reason::kRowNotDeleted, Cat("the ", entity, " with ", ShownInError(key), " is not deleted"))
      .With("entity", entity)
      .Build();
}

absl::Status AlreadyExists(std::string_view entity, std::string_view constraint,
                           const std::vector<std::string>& fields) {
  const std::string message = fields.empty()
                                  ? Cat("there is already a ", entity, " with this value (constraint ", constraint,
                                        "); change the value, or read and update the row that has it")
                                  : Cat("there is already a ", entity, " with this ", absl::StrJoin(fields, " and "),
                                        "; change it, or read and update the row that has it");
  return ErrorBuilder(Reason::kUniqueViolation, message)
      .With("entity", entity)
      .With("constraint", constraint)
      .With("fields", absl::StrJoin(fields, ", "))
      .Build();
}

absl::Status ReferenceViolation(std::string_view entity, std::string_view constraint, std::string_view field,
                                std::string_view referenced) {
  const std::string_view other = referenced.empty() ? "row" : referenced;
  const std::string message = field.empty() ? Cat("this ", other, " is still referenced by rows of ", entity,
                                                  "; delete those or point them elsewhere first")
                                            : Cat(field, ": there is no ", other,
                                                  " with this key; create it first or send the key of one that exists");
  return ErrorBuilder(Reason::kReferenceViolation, message)
      .With("entity", entity)
      .With("constraint", constraint)
      .With("field", field)
      .With("referenced", referenced)
      .WithPrecondition("REFERENCE", field.empty() ? std::string(entity) : Cat(entity, ".", field))
      .Build();
}

absl::Status ParentIsDeleted(std::string_view entity, std::string_view constraint, std::string_view field,
                             std::string_view parent) {
  return ErrorBuilder(Reason::kReferenceViolation,
                      Cat(field, ": the ", parent, " that the ", entity,
                          " belongs to is deleted; restore that first, which brings back the rows that were deleted "
                          "with it"))
      .With("entity", entity)
      .With("constraint", constraint)
      .With("field", field)
      .With("referenced", parent)
      .WithPrecondition("REFERENCE", Cat(entity, ".", field))
      .Build();
}

absl::Status InvalidRow(std::string_view entity, std::string_view description) {
  return ErrorBuilder(Reason::kInvalidField, Cat(entity, ": ", description))
      .With("entity", entity)
      .WithField("", description)
      .Build();
}

absl::Status VersionMismatch(std::string_view entity, int64_t expected) {
  return ErrorBuilder(Reason::kVersionMismatch,
                      Cat("the ", entity, " is no longer at version ", expected,
                          "; read it again, apply the change to what you read and send its version"))
      .With("entity", entity)
      .With("expected_version", Cat(expected))
      .Build();
}

absl::Status RowsNotFound(std::string_view entity, const std::vector<BatchItem>& items) {
  return ErrorOfItems(Reason::kRowNotFound,
                      Cat("there is no ", entity, " for ", ListItems(items, ""), "; leave them out"), entity, items)
      .Build();
}

absl::Status RowsNotDeleted(std::string_view entity, const std::vector<BatchItem>& items) {
  return ErrorOfItems(Reason::kRowNotDeleted,
                      Cat("not deleted is the ", entity, " of ", ListItems(items, ""), "; leave them out"), entity,
                      items)
      .Build();
}

absl::Status DeletedRowsExist(std::string_view entity, std::string_view constraint,
                              const std::vector<BatchItem>& items) {
  return ErrorOfItems(Reason::kUniqueViolation,
                      Cat("a deleted ", entity, " has the key of ", ListItems(items, ""), "; restore it first"), entity,
                      items)
      .With("constraint", constraint)
      .Build();
}

absl::Status VersionMismatches(std::string_view entity, const std::vector<BatchItem>& items) {
  return ErrorOfItems(Reason::kVersionMismatch,
                      Cat("the ", entity, " is no longer at the version of ", ListItems(items, "version "),
                          "; read again, apply the changes to what you read and send its versions"),
                      entity, items)
      .Build();
}

absl::Status SameRowTwice(std::string_view field, std::string_view first) {
  return SameRowsTwice({{std::string(field), std::string(first)}});
}

absl::Status SameRowsTwice(const std::vector<std::pair<std::string, std::string>>& rows) {
  FieldViolations violations;
  for (const auto& [field, first] : rows) {
    violations.Add(field, Cat("is the same row as ", first.empty() ? "another element" : first,
                              " to the database: a trigger or the collation makes their keys equal; send one of "
                              "them"));
  }
  return violations.ToStatus();
}

absl::Status KeyChangesEachTime(std::string_view entity) {
  return ErrorBuilder(
             Reason::kTriggerRefused,
             Cat("a trigger of the database gives the ", entity,
                 " another key on each write, so the server cannot tell which row to update; nothing was changed; use "
                 "a create method"))
      .With("entity", entity)
      .Build();
}

absl::Status KeyIsEmptied(std::string_view entity, std::string_view field) {
  return ErrorBuilder(
             Reason::kTriggerRefused,
             Cat("a trigger of the database makes ", field, " of the ", entity,
                 " empty, so that it meets a row whose key has no value there, and no row can be looked for by "
                 "that; nothing was changed; send another value, or use the update method"))
      .With("entity", entity)
      .With("field", field)
      .Build();
}

absl::Status UnrepresentableValue(const StoredValue& where, std::string_view problem) {
  const std::string of = where.entity.empty() ? "" : Cat(" of the ", where.entity);
  const std::string with =
      where.key.empty() ? "" : Cat(where.entity.empty() ? ", " : " with ", ShownInError(where.key));
  return ErrorBuilder(
             Reason::kUnrepresentableValue,
             Cat(where.field, of, with, ": the stored value cannot be sent: ", problem, "; correct it in the database"))
      .With("entity", where.entity)
      .With("key", where.key)
      .With("field", where.field)
      .Build();
}

}  // namespace rowkeeper
