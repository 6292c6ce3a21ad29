#include "server/exec/idempotency_keys.h"

#include <charconv>
#include <utility>

#include "absl/strings/escaping.h"
#include "server/base/database_errors.h"
#include "server/base/errors.h"
#include "server/base/idempotency_errors.h"
#include "server/base/statement_text.h"
#include "server/base/text.h"
#include "server/observe/operation_durations.h"
#include "server/sql/idempotency_sql.h"

namespace rowkeeper::exec {
namespace {

using Effect = db::Query::Effect;

/// A key that is taken may be free a moment later, when it was swept or rolled back; this often it is looked at again.
constexpr int kMostAttempts = 5;

/// In front of every stored response: the version of its format, and of that of the request's hash beside it. No
/// message begins with a byte below 8, for fields are numbered from 1.
constexpr char kVersion = 1;

/// A statement that is prepared.
struct Prepared {
  Prepared(std::string_view purpose, const std::string& sql, std::vector<CellType> cells = {})
      : text(WithPurpose(purpose, sql)), name(text), result(std::move(cells)) {}

  const std::string text;
  const StatementName name;
  const std::vector<CellType> result;
};

/// Those that every call with a key executes.
struct KeyStatements {
  const Prepared claim{"idempotency/claim",
                       sql::ClaimIdempotencyKey(),
                       {CellType::kBool, CellType::kBool, CellType::kBytes, CellType::kBool}};
  const Prepared store{"idempotency/store", sql::StoreIdempotencyResponse(), {CellType::kInteger}};

  static const KeyStatements& Get() {
    static const auto* const statements = new KeyStatements;
    return *statements;
  }
};

/// Of all statements on the table of keys.
struct KeyDurations {
  observe::OperationDurations* const reads;
  observe::OperationDurations* const writes;

  static const KeyDurations& Get() {
    static const auto* const durations =
        new KeyDurations{observe::DatabaseOperations::Process().Of("SELECT", "rowkeeper_idempotency_keys"),
                         observe::DatabaseOperations::Process().Of("INSERT", "rowkeeper_idempotency_keys")};
    return *durations;
  }
};

absl::StatusOr<db::Rows> ExecuteQuery(db::Query query, const std::vector<db::Param>& params, Effect effect,
                                      db::Connection& connection, db::Cancellation* cancellation) {
  query.params = &params;
  query.effect = effect;
  query.durations = effect == Effect::kRead ? KeyDurations::Get().reads : KeyDurations::Get().writes;
  query.cancellation = cancellation;
  return connection.Execute(query);
}

db::Query QueryFor(const Prepared& statement, const std::vector<db::Param>& params, db::Cancellation* cancellation) {
  db::Query query;
  query.text = statement.text;
  query.result = ResultShape(statement.result);
  query.name = &statement.name;
  query.params = &params;
  query.durations = KeyDurations::Get().writes;
  query.cancellation = cancellation;
  return query;
}

absl::StatusOr<db::Rows> Execute(const std::string& text, const std::vector<db::Param>& params, Effect effect,
                                 db::Connection& connection, db::Cancellation* cancellation) {
  db::Query query;
  query.text = text;
  return ExecuteQuery(query, params, effect, connection, cancellation);
}

std::string ToBytea(const std::string& bytes) { return Cat("\\x", absl::BytesToHexString(bytes)); }

std::string FromBytea(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (size_t digit = 2; digit + 1 < text.size(); digit += 2) {
    unsigned char byte = 0;
    std::from_chars(&text[digit], &text[digit] + 2, byte, 16);
    bytes.push_back(static_cast<char>(byte));
  }
  return bytes;
}

}  // namespace

absl::StatusOr<std::optional<std::string>> IdempotencyKeys::Claim(const IdempotencyKey& key, db::Connection& connection,
                                                                  db::Cancellation* cancellation) const {
  const std::vector<db::Param> params = {key.Stored(), ToBytea(key.request_hash), key.method,
                                         Cat(options_.age.count())};
  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    const auto rows = connection.Execute(QueryFor(KeyStatements::Get().claim, params, cancellation));
    if (!rows.ok()) return Explain(rows.status());
    if (rows->size() == 0) continue;
    if (rows->cell(0, 0) == "t") return std::nullopt;
    Stored stored = ReadStored(*rows);
    // One that can be seen and has no response belongs to nobody: whoever takes a key commits it with the response.
    if (!stored.too_old && stored.response.has_value()) {
      if (!stored.of_this_release) return IdempotencyKeyOfAnotherRelease(key.key);
      if (!stored.same_request) return IdempotencyKeyReused(key.key);
      return std::move(stored.response);
    }
    const auto freed = Execute(WithPurpose("idempotency/free", sql::DeleteOldIdempotencyKey()),
                               {key.Stored(), Cat(options_.age.count())}, Effect::kWrite, connection, cancellation);
    if (!freed.ok()) return freed.status();
  }
  return SerializationFailure();
}

/// Of the first row of a claim that did not take its key.
IdempotencyKeys::Stored IdempotencyKeys::ReadStored(const db::Rows& rows) {
  Stored stored;
  stored.same_request = rows.cell(0, 1) == "t";
  stored.too_old = rows.cell(0, 3) == "t";
  if (!rows.is_null(0, 2)) {
    const std::string bytes = FromBytea(rows.cell(0, 2));
    stored.of_this_release = !bytes.empty() && bytes.front() == kVersion;
    stored.response = stored.of_this_release ? bytes.substr(1) : "";
  }
  return stored;
}

absl::Status IdempotencyKeys::Store(const IdempotencyKey& key, const std::string& response, db::Connection& connection,
                                    db::Cancellation* cancellation) const {
  const std::vector<db::Param> params = {key.Stored(), ToBytea(Cat(std::string_view(&kVersion, 1), response))};
  db::Query query = QueryFor(KeyStatements::Get().store, params, cancellation);
  query.values = db::Query::Values::kOfServer;
  return connection.Enqueue(query);
}

absl::StatusOr<int64_t> IdempotencyKeys::Sweep(db::Connection& connection) const {
  db::Query question;
  const std::string has_keys = sql::SelectHasIdempotencyKeys();
  question.text = has_keys;
  question.result = ResultShape::Columns(1);
  const auto there = ExecuteQuery(question, {}, Effect::kRead, connection, nullptr);
  if (!there.ok()) return there.status();
  if (there->size() == 0 || there->cell(0, 0) != "t") return 0;
  const auto swept = Execute(WithPurpose("idempotency/sweep", sql::DeleteOldIdempotencyKeys()),
                             {Cat(options_.age.count()), Cat(kSweepRows)}, Effect::kWrite, connection, nullptr);
  if (!swept.ok()) return swept.status();
  return swept->affected();
}

std::string IdempotencyKeys::Remedy(const std::string& migrations) {
  const std::string directory = migrations.empty() ? "DIR" : migrations;
  return Cat("run `rowkeeper migrate new idempotency_keys --idempotency-keys --migrations ", directory,
             "` and then `rowkeeper migrate up --migrations ", directory, "` on this database");
}

absl::Status IdempotencyKeys::Explain(const absl::Status& status) const {
  if (ReasonOf(status) != Reason::kSchemaMismatch) return status;
  return SchemaMismatch("the header idempotency-key needs the table rowkeeper_idempotency_keys",
                        Cat(Remedy(options_.migrations), ", or leave the header out"));
}

}  // namespace rowkeeper::exec
