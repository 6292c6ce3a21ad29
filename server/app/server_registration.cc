#include "server/app/server_registration.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/escaping.h"
#include "server/observe/log.h"
#include "server/sql/servers_sql.h"
#include "server/sql/transaction_sql.h"

namespace rowkeeper::app {
namespace {

constexpr std::chrono::hours kForgetAfter{1};

std::string DigestOfUse(const std::string& text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return absl::BytesToHexString(std::string(digest.begin(), digest.end()));
}

absl::StatusOr<db::Rows> ExecuteAsServer(db::Connection& connection, const std::string& text,
                                         const std::vector<db::Param>& params, db::Query::Effect effect) {
  db::Query query;
  query.text = text;
  query.params = &params;
  query.result = ResultShape::Columns(1);
  query.effect = effect;
  query.values = db::Query::Values::kOfServer;
  return connection.Execute(query);
}

absl::Status ServersTableIsNotWritable() {
  return absl::PermissionDeniedError(
      "the server's role lacks SELECT, INSERT, UPDATE or DELETE on the table; grant them, so that migrations wait for "
      "this server");
}

}  // namespace

void ServerRegistration::Add(const SharedGeneration& generation) {
  const absl::MutexLock lock(&mutex_);
  generations_.emplace_back(generation);
  use_ = nullptr;
}

std::shared_ptr<const ServerRegistration::Use> ServerRegistration::Used() {
  const absl::MutexLock lock(&mutex_);
  const auto ended = [](const auto& generation) { return generation.expired(); };
  const auto left = std::remove_if(generations_.begin(), generations_.end(), ended);
  if (left == generations_.end() && use_ != nullptr) return use_;
  generations_.erase(left, generations_.end());
  nlohmann::json uses = nlohmann::json::array();
  for (const auto& weak : generations_) {
    const auto generation = weak.lock();
    if (generation == nullptr) continue;
    nlohmann::json use = schema::DeclaredUse(*generation->loaded().catalogue);
    if (std::find(uses.begin(), uses.end(), use) == uses.end()) uses.push_back(std::move(use));
  }
  if (uses.empty()) return nullptr;
  auto use = std::make_shared<Use>();
  use->text = uses.dump();
  if (use->text.size() > options_.most_declared_bytes) use->text = nlohmann::json(schema::kUsesEverything).dump();
  use->digest = DigestOfUse(use->text);
  use_ = use;
  return use;
}

void ServerRegistration::Beat(db::Connection& connection, const std::function<void()>& answered) {
  const absl::MutexLock lock(&beat_mutex_);
  const auto use = Used();
  if (use == nullptr) return;
  const Clock::time_point now = options_.clock->Now();
  if (now < next_ && tried_ == use->digest) return;
  absl::Status said = Say(connection, *use, answered);
  // Another connection is to say it at once.
  tried_ = connection.broken() ? "" : use->digest;
  next_ = now + schema::kServerBeat;
  Count(said);
  if (!said.ok() && said != problem_) {
    observe::Log(observe::LogLevel::kWarning, "this server cannot say in the database what it uses there",
                 {{"table", sql::kServersTable}, {"reason", std::string(said.message())}});
  } else if (said.ok() && !problem_.ok()) {
    observe::Log(observe::LogLevel::kInfo, "this server says in the database again what it uses there", {});
  }
  problem_ = std::move(said);
}

void ServerRegistration::SetHasTable(bool has_table) {
  const absl::MutexLock lock(&mutex_);
  stats_.has_table = has_table;
}

void ServerRegistration::Count(const absl::Status& said) {
  const absl::MutexLock lock(&mutex_);
  stats_.registered = said.ok() && stats_.has_table;
  said_at_ = options_.clock->Now();
  if (!said.ok()) ++stats_.failures_total;
}

RegistrationStats ServerRegistration::stats() const {
  const absl::MutexLock lock(&mutex_);
  RegistrationStats stats = stats_;
  stats.registered = stats_.registered && options_.clock->Now() - said_at_ < schema::kServerAge;
  return stats;
}

absl::Status ServerRegistration::Say(db::Connection& connection, const Use& use,
                                     const std::function<void()>& answered) {
  const auto may = ExecuteAsServer(connection, sql::SelectMayRegister(), {}, db::Query::Effect::kRead);
  answered();
  if (!may.ok()) return may.status();
  SetHasTable(may->size() == 1 && !may->is_null(0, 0));
  if (!stats().has_table) return absl::OkStatus();
  if (may->cell(0, 0) != "t") return ServersTableIsNotWritable();
  absl::Status status = connection.ExecuteScript(sql::BeginServerBeat(options_.statement_limit), nullptr);
  answered();
  if (status.ok()) status = Write(connection, use, answered);
  const absl::Status ended = connection.ExecuteScript(status.ok() ? sql::Commit() : sql::Rollback(), nullptr);
  answered();
  return status.ok() ? ended : status;
}

absl::Status ServerRegistration::Write(db::Connection& connection, const Use& use,
                                       const std::function<void()>& answered) {
  const auto known =
      ExecuteAsServer(connection, sql::TouchServer(), {options_.id, use.digest}, db::Query::Effect::kWrite);
  answered();
  if (!known.ok() || known->size() > 0) return known.status();
  const auto forget = std::to_string(std::chrono::seconds(kForgetAfter).count());
  const auto made = ExecuteAsServer(connection, sql::RegisterServer(),
                                    {options_.id, options_.address, options_.release, use.digest, use.text, forget},
                                    db::Query::Effect::kWrite);
  answered();
  return made.status();
}

}  // namespace rowkeeper::app
