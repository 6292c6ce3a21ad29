#include "server/db/current_names.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "absl/time/time.h"
#include "server/base/hex.h"
#include "server/db/connection.h"
#include "server/sql/declared_by.h"

namespace rowkeeper::db {
namespace {

/// Who waits longer asks at the same time as the other one, which may hang.
constexpr absl::Duration kLongestWaitForTurn = absl::Seconds(2);

std::string QueryFor(const catalogue::Catalogue& catalogue) {
  std::vector<sql::WantedTable> tables;
  for (const auto& entity : catalogue.entities()) tables.emplace_back(*entity);
  return sql::LiveNamesQuery(tables);
}

std::string TextOrNothing(const Rows& rows, int row, int column) {
  return rows.is_null(row, column) ? std::string() : std::string(rows.cell(row, column));
}

/// Of what is in hex. Anything else, which PostgreSQL does not answer, becomes a name that nothing has.
std::string BytesAt(const Rows& rows, int row, int column) {
  std::string bytes;
  return AppendUnhexed(TextOrNothing(rows, row, column), &bytes) ? bytes : "proto:?";
}

uint64_t NumberAt(const Rows& rows, int row, int column) {
  const std::string_view text = rows.cell(row, column);
  uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// By the position of the entity.
std::vector<sql::NamedTable> ReadTables(const Rows& rows, size_t entities) {
  std::vector<sql::NamedTable> tables(entities);
  for (int row = 0; row < rows.size(); ++row) {
    sql::NamedTable& table = tables.at(NumberAt(rows, row, 0));
    table.name = BytesAt(rows, row, 1);
    table.message = TextOrNothing(rows, row, 2);
    if (!rows.is_null(row, 3)) table.columns.push_back({BytesAt(rows, row, 3), {TextOrNothing(rows, row, 4), ""}});
    table.name_is_taken = rows.cell(row, 5) == "t";
  }
  return tables;
}

}  // namespace

CurrentNames::Turn::Turn(CurrentNames* names, Wait wait) : names_(*names) {
  const absl::MutexLock lock(&names_.mutex_);
  if (wait == Wait::kNot && names_.asking_) {
    needed_ = false;
    return;
  }
  const uint64_t before = names_.questions_;
  const auto may_go_on = [this, before] {
    names_.mutex_.AssertHeld();
    return !names_.asking_ || names_.answered_ > before;
  };
  ++names_.waiting_;
  const bool waited_in_vain = !names_.mutex_.AwaitWithTimeout(absl::Condition(&may_go_on), kLongestWaitForTurn);
  --names_.waiting_;
  needed_ = names_.answered_ <= before;
  if (!needed_) return;
  question_ = ++names_.questions_;
  if (waited_in_vain) return;
  has_turn_ = true;
  names_.asking_ = true;
}

CurrentNames::Turn::~Turn() {
  if (!has_turn_) return;
  const absl::MutexLock lock(&names_.mutex_);
  names_.asking_ = false;
}

CurrentNames::Snapshot CurrentNames::Turn::Learn(const Rows& answer) {
  const Snapshot known = names_.Learn(answer);
  names_.told_.store(true, std::memory_order_release);  // after what it says, for who reads both
  names_.doubtful_.store(false, std::memory_order_release);
  const absl::MutexLock lock(&names_.mutex_);
  names_.answered_ = std::max(names_.answered_, question_);
  return known;
}

bool CurrentNames::Age::IsBefore(const Age& other) const {
  if (server != other.server) return false;
  return xmax == other.xmax ? in_progress > other.in_progress : xmax < other.xmax;
}

CurrentNames::Age CurrentNames::AgeOf(const Rows& answer) {
  if (answer.size() == 0) return {};
  return {TextOrNothing(answer, 0, 6), NumberAt(answer, 0, 7), NumberAt(answer, 0, 8)};
}

CurrentNames::CurrentNames(const catalogue::Catalogue& catalogue, std::shared_ptr<const void> keeps)
    : keeps_(std::move(keeps)), query_(QueryFor(catalogue)) {
  for (const auto& entity : catalogue.entities()) entities_.push_back(entity.get());
  current_.names = std::make_shared<const sql::LiveNames>();
}

CurrentNames::Snapshot CurrentNames::Learn(const Rows& answer) {
  const std::vector<sql::NamedTable> tables = ReadTables(answer, entities_.size());
  sql::LiveNames names;
  for (size_t i = 0; i < entities_.size(); ++i) names.Learn(*entities_[i], tables[i]);
  const Age age = AgeOf(answer);
  const absl::MutexLock lock(&mutex_);
  if (age.IsBefore(age_)) return current_;
  age_ = age;
  if (names == *current_.names) return current_;
  current_ = {std::make_shared<const sql::LiveNames>(std::move(names)), current_.revision + 1};
  revision_.store(current_.revision, std::memory_order_release);
  return current_;
}

absl::StatusOr<CurrentNames::Snapshot> CurrentNames::Read(Connection& connection) {
  Turn turn(this);
  if (!turn.needed()) return Get();
  Query query;
  query.text = query_;
  query.result = ResultShape::Columns(sql::kLiveNamesColumns);
  query.effect = Query::Effect::kRead;
  const absl::StatusOr<Rows> rows = connection.Execute(query);
  if (!rows.ok()) return rows.status();
  return turn.Learn(*rows);
}

CurrentNames::Snapshot CurrentNames::Get() const {
  const absl::MutexLock lock(&mutex_);
  return current_;
}

uint64_t CurrentNames::questions() const {
  const absl::MutexLock lock(&mutex_);
  return questions_;
}

int CurrentNames::waiting() const {
  const absl::MutexLock lock(&mutex_);
  return waiting_;
}

const catalogue::Entity* CurrentNames::FindEntity(const sql::LiveNames& names, std::string_view schema,
                                                  std::string_view table) const {
  for (const catalogue::Entity* entity : entities_) {
    if (names.Of(*entity) == table && (entity->schema.empty() || entity->schema == schema)) return entity;
  }
  return nullptr;
}

const catalogue::Entity* CurrentNames::FindMessage(std::string_view full_name) const {
  for (const catalogue::Entity* entity : entities_) {
    if (entity->full_name == full_name) return entity;
  }
  return nullptr;
}

}  // namespace rowkeeper::db
