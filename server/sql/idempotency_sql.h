#pragma once

#include <string>
#include <vector>

/// The SQL of the table of idempotency keys. Pure text. Ages are seconds.
namespace rowkeeper::sql {

/// Statements of a migration that makes the table, and of one that unmakes it.
std::vector<std::string> CreateIdempotencyKeys();
std::vector<std::string> DropIdempotencyKeys();

/// One cell: whether the table is there.
std::string SelectHasIdempotencyKeys();
/// Takes a key: $1 key, $2 hash of the request, $3 method. One row is inserted, or none when the key is taken. Waits
/// for a transaction that is about to take it.
std::string InsertIdempotencyKey();
/// $1 key, $2 hash, $3 longest age. One row, unless the key is free: whether the hash is the same, the response (NULL
/// while it is not known), whether it is too old.
std::string SelectIdempotencyKey();
/// $1 key, $2 response.
std::string UpdateIdempotencyKey();
/// Frees a key that is too old, or whose response is not known: $1 key, $2 longest age.
std::string DeleteOldIdempotencyKey();
/// Frees keys that are too old, oldest first, but those that somebody is at: $1 longest age, $2 how many at most.
std::string DeleteOldIdempotencyKeys();

/// All of them that read or change the table, for `check`.
std::vector<std::string> IdempotencyStatements();

}  // namespace rowkeeper::sql
