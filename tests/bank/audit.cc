#include "tests/bank/audit.h"

#include <tuple>

#include "server/base/text.h"

namespace rowkeeper::bank {
namespace {

auto Parts(const Transfer& transfer) { return std::tie(transfer.id, transfer.from, transfer.to, transfer.amount); }

void CheckRow(const Transfer& row, const std::map<std::string, const Attempt*>& sent,
              std::vector<std::string>* problems) {
  const auto found = sent.find(row.id);
  if (found == sent.end()) {
    problems->push_back(Cat("transfer ", row.id, " is in the ledger, and nobody sent it"));
  } else if (found->second->outcome == Outcome::kRefused) {
    problems->push_back(Cat("transfer ", row.id, " was refused, and is in the ledger"));
  } else if (Parts(found->second->transfer) != Parts(row)) {
    problems->push_back(Cat("transfer ", row.id, " is in the ledger with other values than were sent"));
  }
}

void CheckLedger(const std::vector<Attempt>& attempts, const std::vector<Transfer>& ledger,
                 std::vector<std::string>* problems) {
  std::map<std::string, const Attempt*> sent;
  for (const Attempt& attempt : attempts) sent[attempt.transfer.id] = &attempt;
  std::map<std::string, int> rows;
  for (const Transfer& row : ledger) {
    CheckRow(row, sent, problems);
    if (++rows[row.id] == 2) problems->push_back(Cat("transfer ", row.id, " is in the ledger more than once"));
  }
  for (const Attempt& attempt : attempts) {
    if (attempt.outcome == Outcome::kCommitted && rows.count(attempt.transfer.id) == 0) {
      problems->push_back(Cat("transfer ", attempt.transfer.id, " was committed, and is not in the ledger"));
    }
  }
}

Accounts Expected(Accounts accounts, const std::vector<Transfer>& ledger) {
  for (const Transfer& row : ledger) {
    accounts[row.from].balance -= row.amount;
    ++accounts[row.from].version;
    accounts[row.to].balance += row.amount;
    ++accounts[row.to].version;
  }
  return accounts;
}

void CheckAccounts(const Accounts& expected, const Accounts& actual, Balances balances,
                   std::vector<std::string>* problems) {
  if (expected.size() != actual.size()) {
    problems->push_back(Cat("there are ", actual.size(), " accounts instead of ", expected.size()));
  }
  for (const auto& [id, account] : actual) {
    const auto found = expected.find(id);
    if (found == expected.end()) continue;
    if (account.version != found->second.version) {
      problems->push_back(
          Cat("account ", id, " has version ", account.version, "; the ledger gives ", found->second.version));
    }
    if (balances == Balances::kMayBeLost) continue;
    if (account.balance != found->second.balance) {
      problems->push_back(
          Cat("account ", id, " holds ", account.balance, "; the ledger gives ", found->second.balance));
    }
    if (account.balance < 0) problems->push_back(Cat("account ", id, " holds ", account.balance));
  }
}

}  // namespace

int64_t Total(const Accounts& accounts) {
  int64_t total = 0;
  for (const auto& [id, account] : accounts) total += account.balance;
  return total;
}

std::vector<std::string> Audit(const std::vector<Attempt>& attempts, const Books& books, Balances balances) {
  std::vector<std::string> problems;
  CheckLedger(attempts, books.ledger, &problems);
  CheckAccounts(Expected(books.before, books.ledger), books.after, balances, &problems);
  if (balances == Balances::kMustAgree && Total(books.before) != Total(books.after)) {
    problems.push_back(Cat("the total was ", Total(books.before), " and is ", Total(books.after)));
  }
  return problems;
}

}  // namespace rowkeeper::bank
