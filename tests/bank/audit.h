#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

/// What the tellers were told against what the database holds. Pure.
namespace rowkeeper::bank {

/// What a teller knows of a transfer.
enum class Outcome {
  /// Commit said OK.
  kCommitted,
  /// An error that says that nothing was committed.
  kRefused,
  /// Nobody could say.
  kUnknown,
};

struct Transfer {
  /// UUID in lower case, chosen by the client; one for all runs of one unit of work.
  std::string id;
  int64_t from = 0;
  int64_t to = 0;
  int64_t amount = 0;
};

struct Attempt {
  Transfer transfer;
  Outcome outcome = Outcome::kUnknown;
};

struct Account {
  int64_t balance = 0;
  int64_t version = 1;
};

/// By id.
using Accounts = std::map<int64_t, Account>;

struct Books {
  Accounts before;
  Accounts after;
  std::vector<Transfer> ledger;
};

/// Whether balances must follow from the ledger.
enum class Balances {
  kMustAgree,
  /// Read committed without a guard may lose updates of balances. Everything else must hold.
  kMayBeLost,
};

int64_t Total(const Accounts& accounts);

/// What is wrong, one line each: an acknowledged transfer that is not in the ledger, or is in it twice; a refused one
/// that is; a row that nobody sent, or other than it was sent; a balance or a total that does not follow from the
/// ledger; an account that was not updated once for each of its transfers; a negative balance.
std::vector<std::string> Audit(const std::vector<Attempt>& attempts, const Books& books, Balances balances);

}  // namespace rowkeeper::bank
