#include "server/schema/schema_watch.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <set>
#include <utility>

#include "server/base/text.h"
#include "server/sql/introspect.h"

namespace rowkeeper::schema {
namespace {

/// How many tables are read at once, and for how long a probe goes on to the next ones.
constexpr size_t kTablesAtOnce = 100;
constexpr std::chrono::milliseconds kReadingTime{1000};

/// A version that no table has; that of a table that does not exist is empty.
constexpr char kNeverRead[] = "?";
/// What is asked each second is not worth to be compiled, however many tables the planner sees.
constexpr char kBegin[] = "BEGIN READ ONLY; SET LOCAL jit = off";
constexpr char kCommit[] = "COMMIT";

db::Query ReadingQuery(std::string_view text, int columns) {
  db::Query query;
  query.text = text;
  query.result = ResultShape::Columns(columns);
  query.effect = db::Query::Effect::kRead;
  return query;
}

/// Runs `read` in a transaction of its own: behind a pooler that is where the session's limits are set.
template <typename Reader>
auto InTransaction(db::Connection& connection, Reader read) -> decltype(read()) {
  const auto begun = connection.Execute(ReadingQuery(kBegin, 0));
  if (!begun.ok()) return begun.status();
  auto result = read();
  if (!result.ok()) {
    (void)connection.Reset();  // where that fails, the connection is broken
    return result;
  }
  const auto ended = connection.Execute(ReadingQuery(kCommit, 0));
  if (!ended.ok()) return ended.status();
  return result;
}

int NumberIn(const db::Rows& rows, int row, int column) {
  const std::string_view text = rows.cell(row, column);
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

struct SchemaWatch::Read {
  std::vector<int> positions;
  std::vector<LiveTable> tables;
};

SchemaWatch::SchemaWatch(const catalogue::Catalogue& catalogue, db::CurrentNames* names, const Clock& clock)
    : clock_(clock),
      names_(*names),
      reader_(catalogue),
      versions_query_(sql::TableVersionsQuery(reader_.tables())),
      versions_name_(versions_query_),
      tables_(catalogue),
      versions_(reader_.tables().size(), kNeverRead),
      referenced_at_(versions_) {}

absl::Status SchemaWatch::Probe(db::Connection& connection) {
  const Clock::time_point end = clock_.Now() + kReadingTime;
  const auto versions = ReadVersions(connection);
  if (!versions.ok()) return versions.status();
  behind_.clear();
  has_more_ = false;
  // Whoever executes statements may have learnt names after the last probe, and before they changed once more.
  if (*versions != versions_ || names_seen_ != names_.revision() || names_.doubtful()) {
    const auto before = tables_.shared_names();
    if (absl::Status status = ReadNames(connection); !status.ok()) return status;
    DropOldReferences(*before, *versions);
  }
  std::vector<int> changed;
  for (const int position : reader_.all()) {
    if ((*versions)[position] != versions_[position]) changed.push_back(position);
  }
  if (absl::Status status = SetLockedAside(connection, &changed); !status.ok()) return status;
  for (size_t first = 0; first < changed.size(); first += kTablesAtOnce) {
    if (clock_.Now() >= end) {
      for (size_t i = first; i < changed.size(); ++i) FallBehind(changed[i], "others are read first");
      has_more_ = true;
      return absl::OkStatus();
    }
    const size_t last = std::min(first + kTablesAtOnce, changed.size());
    Read read;
    const std::vector<int> some(changed.begin() + static_cast<std::ptrdiff_t>(first),
                                changed.begin() + static_cast<std::ptrdiff_t>(last));
    if (absl::Status status = ReadTables(connection, some, &read); !status.ok()) return status;
    if (absl::Status status = Learn(connection, *versions, std::move(read)); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status SchemaWatch::ReadNames(db::Connection& connection) {
  names_seen_.reset();
  const absl::StatusOr<db::CurrentNames::Snapshot> read =
      InTransaction(connection, [&] { return names_.Read(connection); });
  if (!read.ok()) return read.status();
  names_seen_ = read->revision;
  tables_.SetNames(read->names);
  return absl::OkStatus();
}

void SchemaWatch::DropOldReferences(const sql::LiveNames& before, const std::vector<std::string>& versions) {
  std::set<const catalogue::Entity*> other;
  bool may_be_found = !(tables_.names() == before);  // what references a table of which nothing was known
  for (const int position : reader_.all()) {
    const catalogue::Entity& entity = reader_.entity(position);
    const bool is_same = versions[position] == versions_[position] || versions[position] == referenced_at_[position];
    if (!is_same || !tables_.names().HasSameOf(entity, before)) other.insert(&entity);
    may_be_found = may_be_found || (!is_same && tables_.Of(entity).kind == LiveTable::Kind::kMissing);
    referenced_at_[position] = versions[position];
  }
  const auto is_outdated = [&](const LiveConstraint& constraint) {
    if (constraint.kind != LiveConstraint::Kind::kForeignKey) return false;
    return constraint.referenced == nullptr ? may_be_found : other.count(constraint.referenced) > 0;
  };
  for (const int position : reader_.all()) {
    const std::vector<LiveConstraint>& constraints = tables_.Of(reader_.entity(position)).constraints;
    if (std::any_of(constraints.begin(), constraints.end(), is_outdated)) versions_[position] = kNeverRead;
  }
}

absl::StatusOr<std::vector<std::string>> SchemaWatch::ReadVersions(db::Connection& connection) const {
  db::Query query = ReadingQuery(versions_query_, 2);
  query.name = &versions_name_;
  const auto rows = InTransaction(connection, [&] { return connection.Execute(query); });
  if (!rows.ok()) return rows.status();
  std::vector<std::string> versions;
  versions.reserve(static_cast<size_t>(rows->size()));
  for (int row = 0; row < rows->size(); ++row) versions.emplace_back(rows->cell(row, 1));
  return versions;
}

absl::Status SchemaWatch::SetLockedAside(db::Connection& connection, std::vector<int>* positions) {
  if (positions->empty()) return absl::OkStatus();
  const std::string text = sql::LockedTablesQuery({reader_.tables(), *positions});
  const auto rows = InTransaction(connection, [&] { return connection.Execute(ReadingQuery(text, 2)); });
  if (!rows.ok()) return rows.status();
  for (int row = 0; row < rows->size(); ++row) {
    const int position = NumberIn(*rows, row, 0);
    FallBehind(position, Cat("locked by process ", rows->cell(row, 1)));
    positions->erase(std::remove(positions->begin(), positions->end(), position), positions->end());
  }
  return absl::OkStatus();
}

absl::Status SchemaWatch::ReadTables(db::Connection& connection, const std::vector<int>& positions, Read* read) {
  if (positions.empty()) return absl::OkStatus();
  auto tables = InTransaction(connection, [&] { return reader_.Read(positions, tables_.names(), connection); });
  if (tables.ok()) {
    read->positions.insert(read->positions.end(), positions.begin(), positions.end());
    std::move(tables->begin(), tables->end(), std::back_inserter(read->tables));
    return absl::OkStatus();
  }
  if (connection.broken()) return tables.status();
  if (positions.size() == 1) {
    FallBehind(positions[0], std::string(tables.status().message()));
    return absl::OkStatus();
  }
  const auto middle = positions.begin() + static_cast<std::ptrdiff_t>(positions.size() / 2);
  if (absl::Status status = ReadTables(connection, {positions.begin(), middle}, read); !status.ok()) return status;
  return ReadTables(connection, {middle, positions.end()}, read);
}

absl::Status SchemaWatch::Learn(db::Connection& connection, const std::vector<std::string>& versions, Read read) {
  if (read.positions.empty()) return absl::OkStatus();
  const auto still = ReadVersions(connection);
  if (!still.ok()) return still.status();
  for (size_t i = 0; i < read.positions.size(); ++i) {
    const int position = read.positions[i];
    if ((*still)[position] != versions[position]) {
      FallBehind(position, "it was changed while it was read");
      has_more_ = true;
      continue;
    }
    tables_.Learn(position, std::move(read.tables[i]));
    versions_[position] = versions[position];
    ++tables_read_;
    ++revision_;
  }
  return absl::OkStatus();
}

void SchemaWatch::FallBehind(int position, std::string why) {
  behind_.push_back({&reader_.entity(position), std::move(why)});
}

}  // namespace rowkeeper::schema
