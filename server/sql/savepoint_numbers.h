#pragma once

/// The savepoints that the server makes for itself within one call of a transaction. They nest, and a name that is
/// taken hides the outer one in PostgreSQL, so each has a number of its own; those of callers are counted from 1.
namespace rowkeeper::sql {

/// Around a call with an idempotency key.
inline constexpr int kKeyedCallSavepoint = 0;
/// Around a call of several statements.
inline constexpr int kCallSavepoint = -1;
/// Around one statement of such a call, whose failure the call survives.
inline constexpr int kStatementSavepoint = -2;
/// Around one try of an upsert.
inline constexpr int kUpsertSavepoint = -3;

}  // namespace rowkeeper::sql
