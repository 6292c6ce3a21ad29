#include "tests/bank/teller.h"

#include <grpcpp/create_channel.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <thread>
#include <utility>

#include "rowkeeper/client/channel.h"
#include "rowkeeper/client/savepoint.h"

namespace rowkeeper::bank {
namespace {

using std::chrono::milliseconds;

std::shared_ptr<grpc::Channel> Connect(const std::string& address) {
  client::ChannelOptions options;
  options.reconnect_first = milliseconds(50);
  options.reconnect_longest = milliseconds(500);
  grpc::ChannelArguments arguments = client::MakeChannelArguments(options);
  // Else all channels of the process share one connection.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

/// Its own words, to be told from the server's.
absl::Status ChangedMind() { return absl::CancelledError("changed mind"); }
absl::Status InsufficientFunds() { return absl::FailedPreconditionError("insufficient funds"); }

std::string NameOf(const absl::Status& status) {
  const std::string reason = client::ReasonOf(status);
  if (!reason.empty()) return reason;
  if (status == ChangedMind() || status == InsufficientFunds()) return std::string(status.message());
  return absl::StatusCodeToString(status.code()) + " (no reason)";
}

}  // namespace

Teller::Teller(const Options& options)
    : branch_(options.branch),
      random_(options.seed),
      channel_(Connect(options.address)),
      accounts_(channel_),
      transfers_(channel_),
      server_age_(options.server_age) {
  call_.lost_reply = options.lost_reply;
  options_.unit.isolation = branch_.isolation;
  options_.unit.commit_time = milliseconds(15000);
  options_.unit.label = "bank test";
  options_.max_attempts = 100;
  options_.total_time = milliseconds(20000);
  options_.on_rerun = [this](const client::Rerun& rerun) { ++tally_["rerun after " + NameOf(rerun.error)]; };
  // The function reads the version that it sends.
  if (branch_.guard == Branch::Guard::kVersion) options_.rerun_on.emplace_back(client::reason::kVersionMismatch);
}

void Teller::Work(const std::atomic<bool>& stop) {
  while (!stop.load()) MoveOnce();
}

void Teller::MoveOnce() {
  const Transfer transfer = NewTransfer();
  const int64_t dice = Below(100);
  const Course course = dice < 10 ? Course::kSavepoint : dice < 15 ? Course::kChangeOfMind : Course::kPlain;
  const absl::Status status = client::RunInUnitOfWork(channel_, options_, [&](client::UnitOfWork& unit) {
    age_at_begin_ = server_age_->load();
    return Move(unit, transfer, course);
  });
  const bool unknown = client::ReasonOf(status) == client::reason::kCommitOutcomeUnknown;
  attempts_.push_back({transfer, status.ok() ? Outcome::kCommitted : unknown ? Outcome::kUnknown : Outcome::kRefused});
  if (unknown && !ServerWasKilled()) ++needless_doubts_;
  if (status.ok()) {
    ++tally_["committed"];
    commits_.fetch_add(1);
  } else {
    ++tally_[(unknown ? "" : "refused: ") + NameOf(status)];
  }
}

Transfer Teller::NewTransfer() {
  Transfer transfer;
  char id[37];
  const uint64_t high = random_();
  const uint64_t low = random_();
  std::snprintf(id, sizeof(id), "%08x-%04x-4%03x-8%03x-%012llx", static_cast<unsigned>(high >> 32),
                static_cast<unsigned>(high >> 16 & 0xffff), static_cast<unsigned>(high & 0xfff),
                static_cast<unsigned>(low >> 48 & 0xfff), static_cast<unsigned long long>(low & 0xffffffffffff));
  transfer.id = id;
  const int64_t from = Below(branch_.accounts);
  transfer.from = branch_.first_account + from;
  transfer.to = branch_.first_account + (from + 1 + Below(branch_.accounts - 1)) % branch_.accounts;
  transfer.amount = 1 + Below(200);
  return transfer;
}

absl::Status Teller::Move(client::UnitOfWork& unit, const Transfer& transfer, Course course) {
  absl::Status status = ChangeBalance(unit, transfer.from, -transfer.amount);
  if (status.ok()) status = Record(unit, transfer);
  if (status.ok() && course == Course::kSavepoint) status = RecordTwice(unit, transfer);
  if (status.ok()) status = ChangeBalance(unit, transfer.to, transfer.amount);
  if (status.ok() && course == Course::kChangeOfMind) status = ChangedMind();
  return status;
}

absl::Status Teller::ChangeBalance(client::UnitOfWork& unit, int64_t account, int64_t amount) {
  pb::GetAccountByIdRequest get;
  get.set_id(account);
  const auto found = unit.Call(&pb::AccountRepository::Stub::GetById, accounts_, get, call_);
  if (!found.ok()) return found.status();
  if (found->balance() + amount < 0) return InsufficientFunds();
  pb::UpdateAccountRequest update;
  update.mutable_account()->set_id(account);
  update.mutable_account()->set_balance(found->balance() + amount);
  if (branch_.guard == Branch::Guard::kVersion) update.mutable_account()->set_version(found->version());
  update.mutable_update_mask()->add_paths("balance");
  return unit.Call(&pb::AccountRepository::Stub::Update, accounts_, update, call_).status();
}

absl::Status Teller::Record(client::UnitOfWork& unit, const Transfer& transfer) {
  pb::CreateTransferRequest request;
  pb::Transfer* row = request.mutable_transfer();
  row->set_branch(branch_.number);
  row->set_transfer_id(transfer.id);
  row->set_from_account(transfer.from);
  row->set_to_account(transfer.to);
  row->set_amount(transfer.amount);
  return unit.Call(&pb::TransferRepository::Stub::Create, transfers_, request, call_).status();
}

absl::Status Teller::RecordTwice(client::UnitOfWork& unit, const Transfer& transfer) {
  absl::StatusOr<client::Savepoint> savepoint = client::Savepoint::Begin(unit);
  if (!savepoint.ok()) return savepoint.status();
  const absl::Status status = Record(unit, transfer);
  if (status.ok()) return absl::InternalError("a transfer was recorded twice");
  if (client::ReasonOf(status) != client::reason::kUniqueViolation) return status;
  ++tally_["savepoint rolled back"];
  return savepoint->Rollback();
}

Reader::Reader(const std::string& address, const Branch& branch, client::Isolation isolation)
    : branch_(branch), channel_(Connect(address)), accounts_(channel_) {
  options_.unit.isolation = isolation;
  options_.unit.access = client::Access::kReadOnly;
  options_.max_attempts = 100;
}

void Reader::Work(const std::atomic<bool>& stop) {
  while (!stop.load()) {
    // A sum counts when its unit was committed: a serializable one may turn out to have seen what never was.
    const absl::StatusOr<int64_t> sum =
        client::RunInUnitOfWork(channel_, options_, [this](client::UnitOfWork& unit) { return Sum(unit); });
    if (sum.ok()) {
      ++sums_;
      if (*sum != branch_.total()) wrong_sums_.push_back(*sum);
    }
    std::this_thread::sleep_for(milliseconds(20));
  }
}

absl::StatusOr<int64_t> Reader::Sum(client::UnitOfWork& unit) {
  pb::ListAccountsByBranchRequest request;
  request.set_branch(branch_.number);
  request.set_page_size(5);  // several calls, between which others commit
  auto accounts = unit.List(&pb::AccountRepository::Stub::ListByBranch, accounts_, request,
                            &pb::ListAccountsResponse::mutable_accounts);
  int64_t sum = 0;
  int count = 0;
  for (const pb::Account& account : accounts) {
    sum += account.balance();
    ++count;
  }
  if (!accounts.status().ok()) return accounts.status();
  if (count != branch_.accounts) return absl::InternalError("an account is missing from the list");
  return sum;
}

}  // namespace rowkeeper::bank
