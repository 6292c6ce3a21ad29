// Moves money between accounts, in one unit of work: all transfers become visible at once. A transfer that is refused
// is left out, and its savepoint undoes the half that was done.
//
//   transfer_funds localhost:50051 1:2:100.00 2:1:25.50

#include <rowkeeper/client/channel.h>
#include <rowkeeper/client/error_details.h>
#include <rowkeeper/client/run_in_unit_of_work.h>
#include <rowkeeper/client/savepoint.h>

#include <iostream>
#include <regex>
#include <sstream>

#include "cents.h"
#include "failure.h"
#include "tracker/v1/account.grpc.pb.h"

namespace {

using rowkeeper::client::Savepoint;
using rowkeeper::client::UnitOfWork;
using tracker::v1::Account;
using Accounts = tracker::v1::AccountRepository::Stub;

struct Transfer {
  int64_t from = 0;
  int64_t to = 0;
  int64_t cents = 0;
};

/// Adds to an account's balance. FAILED_PRECONDITION when the balance would be negative.
absl::Status Add(UnitOfWork& unit, Accounts& accounts, int64_t id, int64_t cents) {
  tracker::v1::GetAccountByIdRequest get;
  get.set_id(id);
  absl::StatusOr<Account> account = unit.Call(&Accounts::GetById, accounts, get);
  if (!account.ok()) return account.status();
  const auto balance = example::ParseCents(account->balance());
  if (!balance) return absl::InternalError("the balance is not in cents: " + account->balance());
  if (*balance + cents < 0) {
    return absl::FailedPreconditionError("insufficient funds: account " + std::to_string(id) + " holds " +
                                         account->balance());
  }
  tracker::v1::UpdateAccountRequest update;
  update.mutable_account()->set_id(id);
  update.mutable_account()->set_balance(example::FormatCents(*balance + cents));
  update.mutable_update_mask()->add_paths("balance");
  return unit.Call(&Accounts::Update, accounts, update).status();
}

/// Moves the whole amount or, undone by the savepoint, nothing.
absl::Status TransferFunds(UnitOfWork& unit, Accounts& accounts, const Transfer& transfer) {
  absl::StatusOr<Savepoint> savepoint = Savepoint::Begin(unit);
  if (!savepoint.ok()) return savepoint.status();
  absl::Status status = Add(unit, accounts, transfer.from, -transfer.cents);
  if (status.ok()) status = Add(unit, accounts, transfer.to, transfer.cents);
  return status.ok() ? savepoint->Release() : status;
}

bool IsRefusal(const absl::Status& status) {
  return absl::IsFailedPrecondition(status) && rowkeeper::client::ReasonOf(status).empty();
}

/// Does all transfers that can be done, and says so line by line.
absl::StatusOr<std::string> TransferAll(UnitOfWork& unit, Accounts& accounts, const std::vector<Transfer>& transfers) {
  std::ostringstream report;
  for (const Transfer& transfer : transfers) {
    const absl::Status status = TransferFunds(unit, accounts, transfer);
    report << transfer.from << " -> " << transfer.to << " " << example::FormatCents(transfer.cents) << ": ";
    if (status.ok()) {
      report << "done\n";
    } else if (IsRefusal(status) || absl::IsNotFound(status)) {
      report << "refused, " << status.message() << "\n";
    } else {
      return status;  // as it is, so that RunInUnitOfWork knows whether to run all of it again
    }
  }
  return report.str();
}

/// "1:2:100.00"
Transfer ParseTransfer(const std::string& text) {
  static const std::regex pattern("([0-9]{1,18}):([0-9]{1,18}):([0-9.]+)");
  std::smatch parts;
  const auto cents = std::regex_match(text, parts, pattern) ? example::ParseCents(parts[3]) : std::nullopt;
  if (!cents || *cents == 0) {
    example::Usage(text + ": write FROM:TO:AMOUNT, for example 1:2:100.00, with an amount above zero in whole cents");
  }
  return {std::stoll(parts[1]), std::stoll(parts[2]), *cents};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) example::Usage("usage: transfer_funds ADDRESS FROM:TO:AMOUNT...");
  std::vector<Transfer> transfers;
  for (int i = 2; i < argc; ++i) transfers.push_back(ParseTransfer(argv[i]));

  const auto channel = rowkeeper::client::MakeChannel(argv[1]);
  const auto accounts = tracker::v1::AccountRepository::NewStub(channel);

  rowkeeper::client::RunOptions options;
  options.unit.isolation = rowkeeper::client::Isolation::kSerializable;
  options.unit.label = "transfer_funds";
  const auto report = rowkeeper::client::RunInUnitOfWork(
      channel, options, [&](UnitOfWork& unit) { return TransferAll(unit, *accounts, transfers); });
  if (!report.ok()) {
    std::cerr << example::Explain(report.status(), "transferred");
    return 1;
  }
  std::cout << *report;
  return 0;
}
