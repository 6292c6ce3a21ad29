#include "server/db/statement_queue.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "server/db/transaction_tracker.h"

namespace rowkeeper::db {
namespace {

constexpr std::string_view kBetween = "; ";

}  // namespace

void StatementQueue::Add(const Query& query) {
  Entry entry;
  entry.text = std::string(query.text);
  if (query.name != nullptr) entry.name = query.name->str();
  if (query.params != nullptr) entry.params = *query.params;
  entries_.push_back(std::move(entry));
}

bool StatementQueue::begins() const { return !empty() && IsBegin(ClassifyStatement(entries_.front().text)); }

bool StatementQueue::is_plain() const {
  return std::all_of(entries_.begin(), entries_.end(),
                     [](const Entry& entry) { return entry.name.empty() && entry.params.empty(); });
}

std::string StatementQueue::TakeTextWith(const std::string& text) {
  std::string all;
  for (const Entry& entry : Take()) all.append(entry.text).append(kBetween);
  return all + text;
}

std::vector<StatementQueue::Entry> StatementQueue::Take() { return std::exchange(entries_, {}); }

std::vector<PgSession::Message> StatementQueue::ToMessages(const std::vector<Entry>& entries) {
  std::vector<PgSession::Message> messages;
  for (const Entry& entry : entries) {
    if (!entry.name.empty()) {
      messages.push_back({PgSession::Message::Kind::kExecute, &entry.name, {}, &entry.params});
      continue;
    }
    const bool several = IsBegin(ClassifyStatement(entry.text));
    for (std::string_view rest = entry.text; !rest.empty();) {
      const size_t end = several ? rest.find(kBetween) : std::string_view::npos;
      messages.push_back(
          {PgSession::Message::Kind::kExecute, nullptr, std::string(rest.substr(0, end)), &entry.params});
      rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + kBetween.size());
    }
  }
  return messages;
}

}  // namespace rowkeeper::db
