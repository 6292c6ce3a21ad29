#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/catalogue/entity.h"
#include "server/sql/predicates.h"

namespace rowkeeper::sql {

/// Lets a write fail by itself, so that nothing of it is stored, when it did not do what its caller is to be told: it
/// gave fewer rows than it was to write (a trigger, a rule or row-level security kept one), or a returned value that
/// its field cannot carry. It costs no round trip.
///
///   WITH "#written" AS (INSERT … RETURNING "id", "due_at"), <Query("\"#written\"", "\"#n\" = …")>
///   SELECT "id", "due_at" FROM "#written" <OrFail(2)>
///
/// Where at most one row is written there is a shorter form, which PostgreSQL plans in two thirds of the time:
///
///   WITH "#written" AS (INSERT … RETURNING "id", "due_at")
///   SELECT "id", "due_at" FROM "#written" <IfGood()> <OrFailFor(2, "\"#written\"", "\"#n\" = 1")>
///
/// SQL has no RAISE. A jsonpath that asks for a key that is not there fails with an SQLSTATE that hardly anybody else
/// meets, and the key carries words: base/verdict.h has them, exec/judged.h what becomes of them.
///
/// What SQL cannot tell (the encoded size to the byte, the shape of jsonb) makes a statement that runs outside a
/// transaction fail as undecided unless it is sure to be good. The call is then run in a transaction, where the
/// response is encoded before COMMIT.
class Judgement {
 public:
  /// How many rows a write may give; kElements: many, and each has the place of its element in the column "#".
  enum class Rows { kOne, kMany, kElements };

  /// `columns`: those of the entity that the rows return. `parameters` outlives this.
  Judgement(const catalogue::Entity& entity, const std::vector<int>& columns, Rows rows, ParameterList* parameters);

  /// Of the column, `given` (a parameter, "$3::jsonb") is what the write was told to store: where that is what came
  /// back, it can be sent back.
  void Gave(int column, const std::string& given);

  /// `"#verdict" AS (SELECT … FROM "#written")`: looks at the rows of the query `written` (its name, quoted).
  /// `expected`: a condition on their number "#n", which holds where all is well. It is evaluated once.
  std::string Query(std::string_view written, std::string_view expected) const;
  /// ` UNION ALL SELECT NULL, NULL FROM "#verdict" WHERE …`, to stand after a select of `cells`: gives no row, or makes
  /// the statement fail. `element` tells Verdict::element; it is evaluated only then.
  static std::string OrFail(size_t cells, std::string_view element = "0");

  /// Of Rows::kOne: ` WHERE …`, which holds for a row that can be sent and makes the statement fail at any other.
  /// Empty: every row can be.
  std::string IfGood() const;
  /// Of Rows::kOne: ` UNION ALL SELECT NULL, NULL FROM …`: gives no row, or makes the statement fail where the
  /// condition `expected` on the number of rows "#n" of the query `written` does not hold.
  static std::string OrFailFor(size_t cells, std::string_view written, std::string_view expected);

  /// `$5::bigint IS NOT NULL`: the statement runs outside a transaction, and what it writes is durable when it ends.
  std::string Alone() const;

 private:
  /// On the cells of one row.
  struct Conditions {
    /// By column: holds, or is NULL, where its field can carry the value.
    std::vector<std::pair<int, std::string>> fits;
    /// Each holds where SQL cannot tell.
    std::vector<std::string> unsure;
    /// The most that the row takes in the response, bytes. Empty: it is never too large.
    std::string size;
  };
  Conditions OnCells() const;
  std::string Room() const;

  const catalogue::Entity& entity_;
  const std::vector<int> columns_;
  const Rows rows_;
  ParameterList& parameters_;
  /// By place in columns_; empty: not known.
  std::vector<std::string> given_;
  mutable std::string room_;
};

/// Whether only the encoded response can tell whether the write can be answered, as a rule: it is a custom query, whose
/// text nobody judges, or returns a message in jsonb that it does not write itself. It is then run in a transaction
/// from the start. `plan` writes.
bool DecidedInTransaction(const plan::MethodPlan& plan, const plan::Variant& variant);

/// A statement that fails in any case, and so does the transaction that it is in.
std::string AlwaysFails();

}  // namespace rowkeeper::sql
