#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "bank/v1/bank.grpc.pb.h"
#include "rowkeeper/client/run_in_unit_of_work.h"
#include "tests/bank/audit.h"

namespace rowkeeper::bank {

namespace pb = ::bank::v1;

/// The accounts of one phase, and how money moves between them.
struct Branch {
  int32_t number = 0;
  /// Ids are first_account, first_account + 1, ….
  int64_t first_account = 1;
  int accounts = 16;
  int64_t balance = 1000;
  client::Isolation isolation = client::Isolation::kSerializable;
  /// Whether an update says which version of the account it was computed from.
  enum class Guard { kNone, kVersion } guard = Guard::kNone;

  int64_t total() const { return accounts * balance; }
};

/// How many calls ended how: "committed", "rerun DEADLOCK", "unavailable …".
using Tally = std::map<std::string, int>;

/// A client that moves money, one unit of work after the other, over a connection of its own. For one thread;
/// `commits` may be read by others.
class Teller {
 public:
  struct Options {
    std::string address;
    Branch branch;
    client::CallOptions::LostReply lost_reply = client::CallOptions::LostReply::kGiveUp;
    uint32_t seed = 1;
    /// Chaos::server_age.
    const std::atomic<int>* server_age = nullptr;
  };

  explicit Teller(const Options& options);

  /// Moves money until `stop`.
  void Work(const std::atomic<bool>& stop);

  const std::vector<Attempt>& attempts() const { return attempts_; }
  const Tally& tally() const { return tally_; }
  int commits() const { return commits_.load(); }
  /// Transfers of unknown outcome though the server was not killed meanwhile.
  int needless_doubts() const { return needless_doubts_; }

 private:
  /// What becomes of a unit besides the transfer.
  enum class Course { kPlain, kSavepoint, kChangeOfMind };

  void MoveOnce();
  Transfer NewTransfer();
  absl::Status Move(client::UnitOfWork& unit, const Transfer& transfer, Course course);
  absl::Status ChangeBalance(client::UnitOfWork& unit, int64_t account, int64_t amount);
  absl::Status Record(client::UnitOfWork& unit, const Transfer& transfer);
  /// Records the transfer once more, which must be refused, and undoes that.
  absl::Status RecordTwice(client::UnitOfWork& unit, const Transfer& transfer);
  bool ServerWasKilled() const { return age_at_begin_ % 2 == 1 || server_age_->load() != age_at_begin_; }
  int64_t Below(int64_t n) { return static_cast<int64_t>(random_() % static_cast<uint64_t>(n)); }

  const Branch branch_;
  std::mt19937_64 random_;
  std::shared_ptr<grpc::Channel> channel_;
  pb::AccountRepository::Stub accounts_;
  pb::TransferRepository::Stub transfers_;
  client::RunOptions options_;
  client::CallOptions call_;
  std::vector<Attempt> attempts_;
  Tally tally_;
  std::atomic<int> commits_{0};
  const std::atomic<int>* const server_age_;
  int age_at_begin_ = 0;
  int needless_doubts_ = 0;
};

/// A client that sums up all accounts of a branch in one read-only unit of work after the other.
class Reader {
 public:
  Reader(const std::string& address, const Branch& branch, client::Isolation isolation);

  void Work(const std::atomic<bool>& stop);

  /// Sums that were read to the end.
  int sums() const { return sums_; }
  /// Those that were not the branch's total.
  const std::vector<int64_t>& wrong_sums() const { return wrong_sums_; }

 private:
  absl::StatusOr<int64_t> Sum(client::UnitOfWork& unit);

  const Branch branch_;
  client::RunOptions options_;
  std::shared_ptr<grpc::Channel> channel_;
  pb::AccountRepository::Stub accounts_;
  int sums_ = 0;
  std::vector<int64_t> wrong_sums_;
};

}  // namespace rowkeeper::bank
