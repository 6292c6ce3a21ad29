#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "server/catalogue/catalogue.h"
#include "server/db/connection.h"
#include "server/sql/live_names.h"

namespace rowkeeper::schema {

struct LiveColumn {
  /// As LiveNames::Declared has it: a column that was renamed has the name that its field declares.
  std::string name;
  /// What the database calls it.
  std::string live_name;
  /// As PostgreSQL writes it in expressions.
  std::string quoted_name;
  /// format_type; of a domain, its base type.
  std::string type;
  bool not_null = false;
  std::optional<std::string> default_sql;
  /// GENERATED … AS IDENTITY.
  enum class Identity { kNone, kAlways, kByDefault } identity = Identity::kNone;
  /// GENERATED ALWAYS AS (…) STORED.
  bool generated = false;
  std::string comment;
  /// Schema and name of the type, of an array's element type.
  std::string type_schema;
  std::string type_name;
  /// By its collation, texts are equal that differ in case, for example.
  bool equals_other_texts = false;
  /// Of an enum type, in sort order.
  std::vector<std::string> enum_labels;

  bool fills_itself() const { return default_sql.has_value() || identity != Identity::kNone || generated; }
};

struct LiveIndex {
  struct Term {
    /// As LiveColumn::name; empty for an expression.
    std::string column;
    bool descending = false;
  };
  std::string name;
  bool unique = false;
  bool primary = false;
  /// Of a DEFERRABLE constraint.
  bool deferrable = false;
  /// False after a failed CREATE INDEX CONCURRENTLY.
  bool valid = true;
  std::string method;
  std::optional<std::string> where;
  std::string definition;
  std::vector<Term> terms;
};

/// A CHECK, FOREIGN KEY or EXCLUDE constraint.
struct LiveConstraint {
  enum class Kind { kCheck, kForeignKey, kExclusion };
  std::string name;
  Kind kind = Kind::kCheck;
  std::string definition;
  /// As LiveColumn::name, empty for an expression; so are the referenced ones.
  std::vector<std::string> columns;
  /// kCheck
  std::string expression;
  /// kForeignKey: nullptr when the referenced table is not in the catalogue.
  const catalogue::Entity* referenced = nullptr;
  std::vector<std::string> referenced_columns;
  /// kForeignKey: what the database does with the row when the referenced one is deleted; nullopt: SET DEFAULT.
  std::optional<catalogue::OnDelete> on_delete;
};

/// What the database has under the name of an entity's table.
struct LiveTable {
  enum class Kind { kMissing, kTable, kView, kOther };
  Kind kind = Kind::kMissing;
  std::vector<LiveColumn> columns;
  std::vector<LiveIndex> indexes;
  std::vector<LiveConstraint> constraints;

  /// nullptr when there is none. By LiveColumn::name, …
  const LiveColumn* FindColumn(std::string_view name) const;
  /// … and by LiveColumn::live_name.
  const LiveColumn* FindLiveName(std::string_view name) const;
};

/// How well an index serves a query.
enum class IndexFit {
  kNone,            ///< every row must be read
  kFilter,          ///< finds the rows, which then must be sorted
  kFilterAndOrder,  ///< finds them in order
};

/// What is known of the live tables of a catalogue's entities. Any thread may read it; copies share the tables. Points
/// into the catalogue, which must outlive it.
class LiveSchema {
 public:
  /// Of all tables, as one moment showed them. A handful of queries, whatever the number of entities. Errors: those of
  /// db::Connection::Execute.
  static absl::StatusOr<LiveSchema> Read(const catalogue::Catalogue& catalogue, db::Connection& connection);
  /// Of which no table is known.
  explicit LiveSchema(const catalogue::Catalogue& catalogue);

  /// `position` is that of the table's entity in the catalogue.
  void Learn(int position, LiveTable table);
  /// Those by which the tables were read.
  void SetNames(std::shared_ptr<const sql::LiveNames> names) { names_ = std::move(names); }
  const sql::LiveNames& names() const { return *names_; }
  std::shared_ptr<const sql::LiveNames> shared_names() const { return names_; }
  /// False for a table that could not be read yet, which is not to be compared with anything. `entity` must be of the
  /// catalogue, here and below.
  bool Knows(const catalogue::Entity& entity) const;
  /// One without columns when it is not known.
  const LiveTable& Of(const catalogue::Entity& entity) const;

  /// The best index for rows that are not deleted, have given values in the columns `equality`, and where there are
  /// tenants a given one, and are wanted in `order`. Columns are indexes into Entity::columns.
  IndexFit BestIndex(const catalogue::Entity& entity, const std::vector<int>& equality,
                     const std::vector<catalogue::OrderTerm>& order) const;
  /// Whether BestIndex finds the rows in order.
  bool HasIndexFor(const catalogue::Entity& entity, const std::vector<int>& equality,
                   const std::vector<catalogue::OrderTerm>& order) const;

 private:
  std::unordered_map<const catalogue::Entity*, int> positions_;
  /// Null: not known.
  std::vector<std::shared_ptr<const LiveTable>> tables_;
  std::shared_ptr<const sql::LiveNames> names_ = std::make_shared<const sql::LiveNames>();
};

/// The same for one table, whose indexes are those of `table`.
IndexFit BestIndexOf(const catalogue::Entity& entity, const LiveTable& table, const std::vector<int>& equality,
                     const std::vector<catalogue::OrderTerm>& order);

/// Whether a partial index or constraint with the predicate `where` covers every row that is not deleted. Knows the
/// predicates on the entity's deleted columns alone; any other may leave rows out.
bool CoversNotDeleted(const catalogue::Entity& entity, const LiveTable& table, const std::string& where);

}  // namespace rowkeeper::schema
