#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

/// Errors of bulk changes and partial batches; see errors.h.
namespace rowkeeper {

/// FAILED_PRECONDITION, reason MAX_AFFECTED_EXCEEDED, with PreconditionFailure: more rows of `entity` match than a bulk
/// change may change.
absl::Status MaxAffectedExceeded(std::string_view entity, int64_t max_affected);
/// `error`, which ended a purge after `purged` rows were removed for good; metadata "purged".
absl::Status PurgeInterrupted(const absl::Status& error, int64_t purged);

/// UNAVAILABLE, reason NOT_TRIED: an element of a partial batch that came after what `cause` ended.
absl::Status ElementNotTried(const absl::Status& cause);
/// The fields that the BadRequest of `status` is about; empty when it has none.
std::vector<std::string> ErrorFields(const absl::Status& status);
/// `error` as it is, but that its field violations are about `element` ("todos[2]"): "title" becomes "todos[2].title",
/// and what is below the element's name already stays.
absl::Status OfElement(const absl::Status& error, std::string_view element);

}  // namespace rowkeeper
