#include "server/sql/idempotency_sql.h"

namespace rowkeeper::sql {

std::vector<std::string> CreateIdempotencyKeys() {
  return {
      "CREATE TABLE rowkeeper_idempotency_keys (\n"
      "  key text COLLATE \"C\" NOT NULL,\n"
      "  request_hash bytea NOT NULL,\n"
      "  method text NOT NULL,\n"
      "  response bytea,\n"
      "  created_at timestamptz NOT NULL DEFAULT now(),\n"
      "  PRIMARY KEY (key)\n"
      ")",
      "CREATE INDEX rowkeeper_idempotency_keys_created_at_idx ON rowkeeper_idempotency_keys (created_at)",
      "COMMENT ON TABLE rowkeeper_idempotency_keys IS\n"
      "  'Rowkeeper: the first response to each call that came with the header idempotency-key'"};
}

std::vector<std::string> DropIdempotencyKeys() { return {"DROP TABLE rowkeeper_idempotency_keys"}; }

std::string SelectHasIdempotencyKeys() { return "SELECT to_regclass('rowkeeper_idempotency_keys') IS NOT NULL"; }

std::string ClaimIdempotencyKey() {
  return "WITH claimed AS (INSERT INTO rowkeeper_idempotency_keys (key, request_hash, method) VALUES ($1, $2, $3) "
         "ON CONFLICT (key) DO NOTHING RETURNING 1) "
         "SELECT true, NULL::bool, NULL::bytea, NULL::bool FROM claimed UNION ALL "
         "SELECT false, request_hash = $2, response, created_at < now() - make_interval(secs => $4) "
         "FROM rowkeeper_idempotency_keys WHERE key = $1";
}

std::string StoreIdempotencyResponse() {
  return "WITH stored AS (UPDATE rowkeeper_idempotency_keys SET response = $2 WHERE key = $1 RETURNING 1) "
         "SELECT 1 / count(*) FROM stored";
}

std::string DeleteOldIdempotencyKey() {
  return "DELETE FROM rowkeeper_idempotency_keys WHERE key = $1 AND "
         "(response IS NULL OR created_at < now() - make_interval(secs => $2))";
}

std::string DeleteOldIdempotencyKeys() {
  return "DELETE FROM rowkeeper_idempotency_keys WHERE key IN (SELECT key FROM rowkeeper_idempotency_keys "
         "WHERE created_at < now() - make_interval(secs => $1) ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)";
}

std::vector<std::string> IdempotencyStatements() {
  return {ClaimIdempotencyKey(), StoreIdempotencyResponse(), DeleteOldIdempotencyKey(), DeleteOldIdempotencyKeys()};
}

}  // namespace rowkeeper::sql
