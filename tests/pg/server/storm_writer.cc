#include "tests/pg/server/storm_writer.h"

#include <gtest/gtest.h>

#include <functional>
#include <iterator>
#include <set>
#include <utility>

#include "absl/strings/str_join.h"
#include "server/base/error_details.h"
#include "server/base/ids.h"
#include "server/base/text.h"
#include "tests/pg/server/run_fixture.h"

namespace rowkeeper::testing {
namespace {

constexpr int kKeyedTries = 40;

/// What may end a call here, with nothing written. There is nothing wrong with the requests, the rows or the schema.
const std::set<std::string>& ReasonsOfTheStorm() {
  static const auto* const reasons =
      new std::set<std::string>{"DATABASE_UNAVAILABLE", "SERIALIZATION_FAILURE", "DEADLOCK",
                                "LOCK_TIMEOUT",         "STATEMENT_TIMEOUT",     "CANCELLED",
                                "DEADLINE_EXCEEDED",    "POOL_TIMEOUT",          "DATABASE_RESOURCES",
                                "UNIT_OF_WORK_EXPIRED", "UNIT_OF_WORK_LIMIT",    "DEADLINE_UNREACHABLE",
                                "QUEUE_FULL",           "UNIT_OF_WORK_FAILED"};
  return *reasons;
}

/// Its sessions have a name that the storm passes by.
std::unique_ptr<db::Connection> Beside(InProcessServer* server) {
  db::ConnectionOptions options;
  options.url = server->database().url();
  options.application_name = "storm";
  auto connection = db::Connection::Open(options);
  EXPECT_TRUE(connection.ok()) << connection.status();
  return connection.ok() ? *std::move(connection) : nullptr;
}

}  // namespace

StormWriter::StormWriter(InProcessServer* server, std::string name)
    : server_(server),
      name_(std::move(name)),
      look_(Beside(server)),
      random_(static_cast<unsigned>(std::hash<std::string>()(name_))) {}

std::string StormWriter::NewTitle() { return Cat(name_, " t", ++number_); }

StormWriter::Change StormWriter::NewRow() {
  const std::string title = NewTitle();
  return {Cat(name_, "-", number_), title};
}

StormWriter::Rows::iterator StormWriter::Any(Row::State state) {
  if (rows_.empty()) return rows_.end();
  auto row = std::next(rows_.begin(), Below(static_cast<int>(rows_.size())));
  for (size_t i = 0; i < rows_.size(); ++i) {
    if (row == rows_.end()) row = rows_.begin();
    if (row->second.state == state) return row;
    ++row;
  }
  return rows_.end();
}

std::vector<StormWriter::Change> StormWriter::Some(bool fresh) {
  std::map<std::string, Change> some;
  for (int i = 0; i < 3; ++i) {
    const auto row = fresh ? rows_.end() : Any(Row::State::kLive);
    const Change change = row == rows_.end() ? NewRow() : Change{row->first, NewTitle()};
    some.emplace(change.slug, change);
  }
  std::vector<Change> changes;
  for (const auto& [slug, change] : some) changes.push_back(change);
  return changes;
}

Json StormWriter::ItemOf(const Change& change) {
  return {{"slug", change.slug}, {"title", change.title}, {"kind", "ITEM_KIND_ODD"}, {"details", {{"color", "red"}}}};
}

Json StormWriter::WithId(const Change& change) const {
  return {{"id", rows_.at(change.slug).id}, {"title", change.title}, {"kind", "ITEM_KIND_PLAIN"}};
}

CallOptions StormWriter::Options() {
  CallOptions options;
  if (Below(12) == 0) options.timeout = std::chrono::milliseconds(1 + Below(60));
  if (Below(6) == 0) options.headers.emplace_back("idempotency-key", RandomHex(16));
  return options;
}

absl::StatusOr<Json> StormWriter::Call(const std::string& method, const Json& request, const CallOptions& options) {
  return server_->Call(method, request, options);
}

Told StormWriter::Judge(const std::string& what, const absl::Status& status, const CallOptions& options) {
  const std::string reason = ReasonOf(status);
  ++tally_[Cat(what, " ", reason)];
  if (status.ok()) return Told::kDone;
  if (reason == "COMMIT_OUTCOME_UNKNOWN") return Told::kUnknown;
  if (ErrorReason(status).empty()) {  // the client gave up by itself
    EXPECT_LT(options.timeout, CallOptions().timeout) << what << ": " << status;
    return Told::kUnknown;
  }
  EXPECT_EQ(ReasonsOfTheStorm().count(reason), 1u) << what << ": " << status;
  EXPECT_EQ(MetadataOf(status, "executed"), "") << what << ": " << status;
  return Told::kNothing;
}

int StormWriter::Written(const std::string& token) {
  const std::vector<db::Param> params = {token};
  db::Query query;
  query.text = "SELECT count(*) FROM public.written WHERE token = $1";
  query.params = &params;
  query.result = ResultShape::Any();
  query.effect = db::Query::Effect::kRead;
  const auto rows = look_->Execute(query);
  EXPECT_TRUE(rows.ok()) << rows.status();
  return rows.ok() ? std::stoi(std::string(rows->cell(0, 0))) : -1;
}

void StormWriter::Expect(const std::string& token, Told told, const absl::Status& status) {
  told_[token] = told;
  const int written = Written(token);
  if (told == Told::kDone) {
    EXPECT_EQ(written, 1) << token << ": answered OK";
  } else if (told == Told::kNothing) {
    EXPECT_EQ(written, 0) << token << ": " << status << " says that nothing was written";
  } else {
    EXPECT_LE(written, 1) << token;
  }
}

void StormWriter::Settle(const Change& change, Told told, const Json& row, const absl::Status& status) {
  Expect(change.title, told, status);
  if (told == Told::kUnknown) rows_.erase(change.slug);  // nobody knows what it is
  if (told != Told::kDone) return;
  EXPECT_EQ(row.value("slug", ""), change.slug);
  EXPECT_EQ(row.value("title", ""), change.title);
  Row& known = rows_[change.slug];
  known.id = row.value("id", "");
  known.title = change.title;
}

void StormWriter::Create() {
  const Change change = NewRow();
  const CallOptions options = Options();
  const auto answer = Call("ItemRepository.Create", {{"item", ItemOf(change)}}, options);
  Settle(change, Judge("Create", answer.status(), options), answer.value_or(Json()), answer.status());
}

void StormWriter::CreateWithKey() {
  const Change change = NewRow();
  CallOptions options;
  options.headers.emplace_back("idempotency-key", RandomHex(16));
  Told so_far = Told::kNothing;
  for (int i = 0; i < kKeyedTries; ++i) {
    const auto answer = Call("ItemRepository.Create", {{"item", ItemOf(change)}}, options);
    const Told told = Judge("Create with a key", answer.status(), options);
    if (told == Told::kDone) return Settle(change, told, *answer, answer.status());
    if (told == Told::kUnknown) so_far = told;
    if (so_far == Told::kNothing) Expect(change.title, told, answer.status());
  }
  Settle(change, so_far, Json(), absl::UnknownError("never answered"));
}

void StormWriter::CreateSome() {
  const std::vector<Change> changes = Some(true);
  Json items = Json::array();
  for (const Change& change : changes) items.push_back(ItemOf(change));
  const CallOptions options = Options();
  const auto answer = Call("ItemExtras.CreateSome", {{"items", items}}, options);
  const Told told = Judge("CreateSome", answer.status(), options);
  for (size_t i = 0; i < changes.size(); ++i) {
    if (!answer.ok()) {
      Settle(changes[i], told, Json(), answer.status());
      continue;
    }
    const std::string reason = (*answer)["results"].at(i).value("reason", "");
    const Told one = reason.empty()                       ? Told::kDone
                     : reason == "COMMIT_OUTCOME_UNKNOWN" ? Told::kUnknown
                                                          : Told::kNothing;
    Settle(changes[i], one, (*answer)["items"].at(i), absl::UnknownError(reason));
  }
}

void StormWriter::Update() {
  const auto row = Any(Row::State::kLive);
  if (row == rows_.end()) return Create();
  const Change change = {row->first, NewTitle()};
  const CallOptions options = Options();
  const auto answer = Call("ItemRepository.Update", {{"item", WithId(change)}, {"update_mask", "title,kind"}}, options);
  Settle(change, Judge("Update", answer.status(), options), answer.value_or(Json()), answer.status());
}

void StormWriter::Upsert() {
  const auto row = Below(2) == 0 ? rows_.end() : Any(Row::State::kLive);
  const Change change = row == rows_.end() ? NewRow() : Change{row->first, NewTitle()};
  const CallOptions options = Options();
  const auto answer = Call("ItemExtras.UpsertBySlug", {{"item", ItemOf(change)}}, options);
  Settle(change, Judge("Upsert", answer.status(), options), answer.value_or(Json()), answer.status());
}

void StormWriter::Batch() {
  const int kind = Any(Row::State::kLive) == rows_.end() ? 0 : Below(3);
  const std::vector<Change> changes = Some(kind == 0);
  const bool updates = kind == 2;
  Json items = Json::array();
  for (const Change& change : changes) {
    if (updates && rows_.count(change.slug) == 0) return;
    items.push_back(updates ? WithId(change) : ItemOf(change));
  }
  Json request = {{"items", items}};
  if (updates) request["update_mask"] = "title,kind";
  static const char* const kMethods[] = {"ItemRepository.BatchCreate", "ItemExtras.UpsertSomeBySlug",
                                         "ItemRepository.BatchUpdate"};
  const CallOptions options = Options();
  const auto answer = Call(kMethods[kind], request, options);
  const Told told = Judge(kMethods[kind], answer.status(), options);
  const Json rows = answer.ok() ? answer->value("items", Json::array()) : Json::array();
  for (size_t i = 0; i < changes.size(); ++i) {
    Settle(changes[i], told, i < rows.size() ? rows[i] : Json(), answer.status());
  }
}

void StormWriter::HideOrShow() {
  const bool shows = Below(2) == 0;
  const auto row = Any(shows ? Row::State::kHidden : Row::State::kLive);
  if (row == rows_.end() || (!shows && row->second.was_hidden)) return Create();
  const CallOptions options = Options();
  const std::string method = shows ? "ItemRepository.Restore" : "ItemRepository.SoftDelete";
  const auto answer = Call(method, {{"id", row->second.id}}, options);
  const Told told = Judge(method, answer.status(), options);
  Expect(Cat(shows ? "shown " : "hidden ", row->first), told, answer.status());
  if (told == Told::kUnknown) rows_.erase(row);
  if (told != Told::kDone) return;
  row->second.was_hidden = true;
  row->second.state = shows ? Row::State::kLive : Row::State::kHidden;
}

void StormWriter::Delete() {
  const auto row = Any(Row::State::kLive);
  if (row == rows_.end()) return Create();
  const CallOptions options = Options();
  const auto answer = Call("ItemRepository.Delete", {{"id", row->second.id}}, options);
  const Told told = Judge("Delete", answer.status(), options);
  Expect(Cat("gone ", row->first), told, answer.status());
  if (told != Told::kNothing) rows_.erase(row);
}

void StormWriter::Unit() {
  const auto row = Any(Row::State::kLive);
  if (row == rows_.end()) return Create();
  const Change made = NewRow(), changed = {row->first, NewTitle()};
  const auto begun = Call("UnitOfWork.Begin", Json::object(), {});
  if (Judge("Begin", begun.status(), {}) != Told::kDone) return;
  const std::string handle = begun->value("handle", "");
  CallOptions inside;
  inside.headers.emplace_back("rowkeeper-unit-of-work", handle);
  const auto first = Call("ItemRepository.Create", {{"item", ItemOf(made)}}, inside);
  EXPECT_NE(Judge("Create in a unit", first.status(), inside), Told::kUnknown);
  const auto second = Call("ItemRepository.Update", {{"item", WithId(changed)}, {"update_mask", "title,kind"}}, inside);
  EXPECT_NE(Judge("Update in a unit", second.status(), inside), Told::kUnknown);
  const bool commits = Below(5) != 0;
  const auto end = Call(commits ? "UnitOfWork.Commit" : "UnitOfWork.Rollback", {{"handle", handle}}, {});
  Told told = Judge(commits ? "Commit" : "Rollback", end.status(), {});
  if (!commits) told = Told::kNothing;
  if (told == Told::kDone) {
    EXPECT_TRUE(first.ok() && second.ok()) << "a unit was committed in part: " << first.status() << second.status();
  }
  Settle(made, told, first.value_or(Json()), end.status());
  Settle(changed, told, second.value_or(Json()), end.status());
}

void StormWriter::Run() {
  const auto row = Any(Row::State::kLive);
  if (row == rows_.end()) return Create();
  const Change made = NewRow(), changed = {row->first, NewTitle()};
  const CallOptions options = Options();
  const auto answers = RunRequest(server_)
                           .Add("ItemRepository.Create", {{"item", ItemOf(made)}})
                           .Add("ItemRepository.Update", {{"item", WithId(changed)}, {"update_mask", "title,kind"}})
                           .Send(options);
  const Told told = Judge("Run", answers.status(), options);
  Settle(made, told, answers.ok() ? answers->at(0) : Json(), answers.status());
  Settle(changed, told, answers.ok() ? answers->at(1) : Json(), answers.status());
}

void StormWriter::Read() {
  const auto row = Any(Row::State::kLive);
  if (row == rows_.end()) return Create();
  const CallOptions options;
  const auto answer = Call("ItemRepository.GetById", {{"id", row->second.id}}, options);
  EXPECT_NE(Judge("GetById", answer.status(), options), Told::kUnknown);
  if (!answer.ok()) return;
  EXPECT_EQ(answer->value("slug", ""), row->first);
  EXPECT_EQ(answer->value("title", ""), row->second.title);
}

void StormWriter::Step() {
  using Deed = void (StormWriter::*)();
  static constexpr Deed kDeeds[] = {&StormWriter::Create,     &StormWriter::CreateWithKey, &StormWriter::CreateSome,
                                    &StormWriter::Update,     &StormWriter::Upsert,        &StormWriter::Batch,
                                    &StormWriter::HideOrShow, &StormWriter::Delete,        &StormWriter::Unit,
                                    &StormWriter::Run,        &StormWriter::Read};
  (this->*kDeeds[Below(static_cast<int>(std::size(kDeeds)))])();
}

}  // namespace rowkeeper::testing
