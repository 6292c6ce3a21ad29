#include "server/app/operator_actions.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <charconv>
#include <optional>
#include <utility>

#include "server/base/text.h"
#include "server/observe/log.h"
#include "server/status/running.h"
#include "server/uow/units_of_work.h"

namespace rowkeeper::app {
namespace {

using observe::MetricType;
using status::Tone;

constexpr int kHttpOk = 200;
constexpr int kHttpBadRequest = 400;
constexpr int kHttpForbidden = 403;
constexpr int kHttpNotFound = 404;
constexpr int kHttpConflict = 409;

/// Of a call that was asked to end.
constexpr char kWhatGoesOn[] =
    "A COMMIT or a rollback that is under way goes on. Look again to see whether the call is gone.";

constexpr std::string_view kBlanks = " \t\r\n";

/// What a file or a form may have around the word.
std::string_view WithoutBlanks(std::string_view text) {
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

std::array<unsigned char, SHA256_DIGEST_LENGTH> DigestOf(std::string_view text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return digest;
}

uint64_t NumberOf(std::string_view text) {
  uint64_t number = 0;
  const char* const end = text.data() + text.size();
  return std::from_chars(text.data(), end, number).ptr == end ? number : 0;
}

}  // namespace

absl::Status CheckAdminToken(const std::string& token) {
  if (token.empty() || WithoutBlanks(token).size() >= kLeastTokenBytes) return absl::OkStatus();
  return absl::InvalidArgumentError(ToAbsl(Cat("--admin-token: has fewer than ", kLeastTokenBytes,
                                               " characters and could be guessed; `openssl rand -hex 32` makes one")));
}

OperatorActions::OperatorActions(std::string token, wire::DynamicService* service, const wire::UnitsSlot* units)
    : token_(WithoutBlanks(token)), service_(*service), units_(*units) {}

/// In a time that says nothing of how much of it was right.
bool OperatorActions::IsToken(std::string_view word) const {
  const auto given = DigestOf(WithoutBlanks(word));
  const auto wanted = DigestOf(token_);
  return allowed() && CRYPTO_memcmp(given.data(), wanted.data(), wanted.size()) == 0;
}

OperatorActions::Answer OperatorActions::Act(const admin::Submission& sent) {
  if (!allowed()) {
    refused_.Add();
    return {kHttpForbidden,
            {Tone::kBad, "Nothing was ended: this server has no admin token.",
             "Start it with --admin-token-file, the name of a file with a word that only operators know."}};
  }
  if (!IsToken(sent.Field(status::kTokenField))) {
    refused_.Add();
    observe::Log(observe::LogLevel::kWarning, "somebody without the admin token wanted to end something",
                 {{"from", sent.peer}});
    return {kHttpForbidden, {Tone::kBad, "Nothing was ended: that is not the admin token.", ""}};
  }
  const std::string_view call = sent.Field(status::kCallField);
  const std::string_view unit = sent.Field(status::kUnitField);
  if (call.empty() == unit.empty()) {
    return {kHttpBadRequest,
            {Tone::kBad, "Nothing was ended: the form names no call and no unit of work, or both.", ""}};
  }
  return call.empty() ? EndUnit(unit, sent.peer) : EndCall(call, sent.peer);
}

OperatorActions::Answer OperatorActions::EndCall(std::string_view number, const std::string& peer) {
  const std::optional<wire::EndedCall> ended = service_.EndCall(NumberOf(number));
  if (!ended.has_value() || ended->end == wire::OperatorEnd::kAnswered) {
    Count(Outcome::kCallNotRunning);
    return {kHttpNotFound,
            {Tone::kWarning, Cat("Call ", number, " does not run any more", ended ? ": it is answered." : "."), ""}};
  }
  const wire::RunningCall& call = ended->call;
  if (ended->end == wire::OperatorEnd::kAskedBefore) {
    return {kHttpOk,
            {Tone::kWarning, Cat("Call ", call.number, ", ", call.method, ", was asked to end before."), kWhatGoesOn}};
  }
  Count(Outcome::kCallAsked);
  observe::Log(observe::LogLevel::kInfo, "an operator asked a call to end",
               {{"from", peer},
                {"method", call.method},
                {"caller", call.caller},
                {"request_id", call.request_id},
                {"call", static_cast<int64_t>(call.number)}});
  return {kHttpOk, {Tone::kGood, Cat("Call ", call.number, ", ", call.method, ", was asked to end."), kWhatGoesOn}};
}

OperatorActions::Answer OperatorActions::EndUnit(std::string_view id, const std::string& peer) {
  using Ended = uow::UnitsOfWork::OperatorEnd;
  uow::UnitsOfWork* const units = units_.get();
  switch (units == nullptr ? Ended::kNotOpen : units->EndByOperator(id)) {
    case Ended::kNotOpen:
      break;
    case Ended::kEndsAlready:
      return {
          kHttpOk,
          {Tone::kWarning, Cat("The unit of work ", id, " ends already."),
           "Its caller rolls it back, its time is over, or it was asked to end before. Look again to see whether it "
           "is gone."}};
    case Ended::kCommitting:
      Count(Outcome::kUnitCommitting);
      return {kHttpConflict,
              {Tone::kWarning, Cat("The unit of work ", id, " goes on: its COMMIT is under way."),
               "It ends by itself; UnitOfWork.Get tells its caller what became of it."}};
    case Ended::kEnded:
      Count(Outcome::kUnitEnded);
      observe::Log(observe::LogLevel::kInfo, "an operator ended a unit of work",
                   {{"from", peer}, {"unit_of_work", std::string(id)}});
      return {kHttpOk,
              {Tone::kGood, Cat("The unit of work ", id, " is being rolled back."),
               "A call that runs in it is stopped first. Look again to see whether the unit is gone."}};
  }
  Count(Outcome::kUnitNotRunning);
  return {kHttpNotFound, {Tone::kWarning, Cat("The unit of work ", id, " is not open any more."), ""}};
}

void OperatorActions::Count(Outcome outcome) { ended_[static_cast<size_t>(outcome)].Add(); }

void OperatorActions::AddMetrics(observe::Exposition* out) const {
  constexpr std::array<std::pair<std::string_view, std::string_view>, kOutcomes> kNames = {
      {{"call", "asked"}, {"call", "not_running"}, {"unit", "ended"}, {"unit", "not_running"}, {"unit", "committing"}}};
  const observe::Metric ended{"rowkeeper_operator_ends_total", MetricType::kCounter,
                              "Calls and units of work that operators wanted to end, by what became of that"};
  for (size_t outcome = 0; outcome < kOutcomes; ++outcome) {
    const auto& [target, became] = kNames[outcome];
    out->Add(ended, static_cast<double>(ended_[outcome].value()), {{"target", target}, {"outcome", became}});
  }
  out->Add({"rowkeeper_operator_refused_total", MetricType::kCounter,
            "Forms of the admin listener that were refused because the admin token was not in them"},
           static_cast<double>(refused_.value()));
}

}  // namespace rowkeeper::app
