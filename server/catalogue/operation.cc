#include "server/catalogue/operation.h"

#include <cstddef>

#include "absl/strings/ascii.h"
#include "rowkeeper/v1/annotations.pb.h"

namespace rowkeeper::catalogue {
namespace {

constexpr bool kFacts = true;
constexpr bool kPartial = true;

/// In the order of Operation.
constexpr OperationTraits kOperations[] = {
    {Operation::kCreate, "Create", v1::OPERATION_CREATE, Family::kWrite, Change::kCreate},
    {Operation::kGet, "Get", v1::OPERATION_GET, Family::kGet, Change::kNone},
    {Operation::kList, "List", v1::OPERATION_LIST, Family::kList, Change::kNone},
    {Operation::kUpdate, "Update", v1::OPERATION_UPDATE, Family::kWrite, Change::kUpdate},
    {Operation::kSoftDelete, "SoftDelete", v1::OPERATION_SOFT_DELETE, Family::kWrite, Change::kSoftDelete},
    {Operation::kRestore, "Restore", v1::OPERATION_RESTORE, Family::kWrite, Change::kRestore},
    {Operation::kDelete, "Delete", v1::OPERATION_DELETE, Family::kWrite, Change::kDelete},
    {Operation::kBatchGet, "BatchGet", v1::OPERATION_BATCH_GET, Family::kBatch, Change::kNone},
    {Operation::kBatchCreate, "BatchCreate", v1::OPERATION_BATCH_CREATE, Family::kBatch, Change::kCreate, !kFacts,
     Stream::kNone, kPartial},
    {Operation::kBatchUpdate, "BatchUpdate", v1::OPERATION_BATCH_UPDATE, Family::kBatch, Change::kUpdate, !kFacts,
     Stream::kNone, kPartial},
    {Operation::kBatchSoftDelete, "BatchSoftDelete", v1::OPERATION_BATCH_SOFT_DELETE, Family::kBatch,
     Change::kSoftDelete, !kFacts, Stream::kNone, kPartial},
    {Operation::kBatchRestore, "BatchRestore", v1::OPERATION_BATCH_RESTORE, Family::kBatch, Change::kRestore, !kFacts,
     Stream::kNone, kPartial},
    {Operation::kBatchDelete, "BatchDelete", v1::OPERATION_BATCH_DELETE, Family::kBatch, Change::kDelete, !kFacts,
     Stream::kNone, kPartial},
    {Operation::kUpsert, "Upsert", v1::OPERATION_UPSERT, Family::kBatch, Change::kUpsert},
    {Operation::kBatchUpsert, "BatchUpsert", v1::OPERATION_BATCH_UPSERT, Family::kBatch, Change::kUpsert, !kFacts,
     Stream::kNone, kPartial},
    {Operation::kCount, "Count", v1::OPERATION_COUNT, Family::kList, Change::kNone, kFacts},
    {Operation::kUpdateWhere, "UpdateWhere", v1::OPERATION_UPDATE_WHERE, Family::kBulk, Change::kUpdate, kFacts},
    {Operation::kSoftDeleteWhere, "SoftDeleteWhere", v1::OPERATION_SOFT_DELETE_WHERE, Family::kBulk,
     Change::kSoftDelete, kFacts},
    {Operation::kDeleteWhere, "DeleteWhere", v1::OPERATION_DELETE_WHERE, Family::kBulk, Change::kDelete, kFacts},
    {Operation::kPurge, "Purge", v1::OPERATION_PURGE, Family::kBulk, Change::kPurge, kFacts},
    {Operation::kImport, "Import", v1::OPERATION_IMPORT, Family::kBatch, Change::kCreate, kFacts, Stream::kOfRequests},
    {Operation::kExport, "Export", v1::OPERATION_EXPORT, Family::kList, Change::kNone, !kFacts, Stream::kOfResponses},
    {Operation::kQuery, "", v1::OPERATION_QUERY, Family::kQuery, Change::kNone},
};

constexpr bool InOrder() {
  size_t place = 0;
  for (const OperationTraits& traits : kOperations) {
    if (static_cast<size_t>(traits.operation) != place++) return false;
  }
  return place == static_cast<size_t>(Operation::kQuery) + 1;
}
static_assert(InOrder(), "TraitsOf looks an operation up by its place");

bool StartsWithWord(std::string_view name, std::string_view word) {
  if (name.substr(0, word.size()) != word) return false;
  return name.size() == word.size() || !absl::ascii_islower(static_cast<unsigned char>(name[word.size()]));
}

}  // namespace

const OperationTraits& TraitsOf(Operation operation) { return kOperations[static_cast<size_t>(operation)]; }

std::optional<Operation> OperationOfNumber(int number) {
  for (const OperationTraits& traits : kOperations) {
    if (traits.number == number) return traits.operation;
  }
  return std::nullopt;
}

std::optional<Operation> OperationOfName(std::string_view method) {
  const OperationTraits* found = nullptr;
  for (const OperationTraits& traits : kOperations) {
    if (traits.name.empty() || !StartsWithWord(method, traits.name)) continue;
    if (found == nullptr || traits.name.size() > found->name.size()) found = &traits;
  }
  return found == nullptr ? std::nullopt : std::optional<Operation>(found->operation);
}

}  // namespace rowkeeper::catalogue
