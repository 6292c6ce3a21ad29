#pragma once

#include <string>
#include <vector>

/// The SQL of the table of idempotency keys. Pure text. Ages are seconds.
namespace rowkeeper::sql {

inline constexpr char kIdempotencyKeysTable[] = "rowkeeper_idempotency_keys";

/// Statements of a migration that makes the table, and of one that unmakes it.
std::vector<std::string> CreateIdempotencyKeys();
std::vector<std::string> DropIdempotencyKeys();

/// One cell: whether the table is there.
std::string SelectHasIdempotencyKeys();
/// Takes a key or tells who has it: $1 key, $2 hash of the request, $3 method, $4 longest age. Waits for a transaction
/// that is about to take it. The first row counts: whether the key was taken, and if it was not, whether the hash is
/// the same, the response (NULL while it is not known), whether it is too old. No row: another transaction took the key
/// since the statement began, or a sweep freed it.
std::string ClaimIdempotencyKey();
/// $1 key, $2 response. Fails (22012) where there is no such key, so that it may be sent together with COMMIT.
std::string StoreIdempotencyResponse();
/// Frees a key that is too old, or whose response is not known: $1 key, $2 longest age.
std::string DeleteOldIdempotencyKey();
/// Frees keys that are too old, oldest first, but those that somebody is at: $1 longest age, $2 how many at most.
std::string DeleteOldIdempotencyKeys();

/// All of them that read or change the table, for `check`.
std::vector<std::string> IdempotencyStatements();

}  // namespace rowkeeper::sql
