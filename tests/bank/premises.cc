#include "tests/bank/premises.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <chrono>
#include <cstdlib>
#include <thread>
#include <utility>

#include "rowkeeper/client/channel.h"
#include "rowkeeper/v1/unit_of_work.grpc.pb.h"
#include "server/base/text.h"
#include "server/embedded/process.h"

namespace rowkeeper::bank {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

/// Above the idle limit of a unit of work, whose client may have been unable to end it.
constexpr auto kIdleTimeout = milliseconds(30000);

int64_t Number(std::string_view cell) { return std::stoll(std::string(cell)); }

}  // namespace

absl::StatusOr<std::unique_ptr<Premises>> Premises::Open() {
  const char* program = std::getenv("ROWKEEPER");
  if (program == nullptr) return absl::InternalError("ROWKEEPER must name the program, as ctest does");
  std::string pattern = (fs::temp_directory_path() / "rowkeeper-bank.XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) return absl::InternalError("mkdtemp");
  chmod(pattern.c_str(), 0711);  // PostgreSQL's system user goes through it

  auto premises = std::make_unique<Premises>();
  premises->directory_ = pattern;
  fs::create_directory(premises->directory_ / "postgres");
  auto postgres = testing::OwnPostgres::Start((premises->directory_ / "postgres").string());
  if (!postgres.ok()) return postgres.status();
  premises->postgres_ = *std::move(postgres);
  absl::Status status = premises->Migrate(program);
  if (status.ok()) status = premises->StartServer(program);
  if (!status.ok()) return status;
  return premises;
}

absl::Status Premises::Migrate(const std::string& program) {
  embedded::Command migrate;
  migrate.program = program;
  migrate.arguments = {"migrate",        "up",
                       "--migrations",   fs::absolute("tests/bank/migrations").string(),
                       "--database-url", postgres_->url()};
  const absl::StatusOr<embedded::CommandResult> result = embedded::Run(migrate, "");
  if (!result.ok()) return result.status();
  return result->exit_code == 0 ? absl::OkStatus() : absl::InternalError(result->output);
}

absl::Status Premises::StartServer(const std::string& program) {
  testing::ServerProgram::Options options;
  options.program = program;
  options.arguments = {"--proto-path",   fs::absolute("tests/bank/proto").string(),
                       "--database-url", postgres_->url(),
                       "--log-level",    "warning"};
  options.log_file = (directory_ / "server.log").string();
  auto server = testing::ServerProgram::Start(std::move(options));
  if (!server.ok()) return server.status();
  server_ = *std::move(server);
  return absl::OkStatus();
}

absl::Status Premises::OpenAccounts(const Branch& branch) {
  return postgres_
      ->Execute(Cat("INSERT INTO accounts (id, branch, balance) SELECT id, ", branch.number, ", ", branch.balance,
                    " FROM generate_series(", branch.first_account, ", ", branch.first_account + branch.accounts - 1,
                    ") id"))
      .status();
}

absl::StatusOr<Accounts> Premises::ReadAccounts(const Branch& branch) {
  const absl::StatusOr<db::Rows> rows =
      postgres_->Execute(Cat("SELECT id, balance, version FROM accounts WHERE branch = ", branch.number));
  if (!rows.ok()) return rows.status();
  Accounts accounts;
  for (int row = 0; row < rows->size(); ++row) {
    accounts[Number(rows->cell(row, 0))] = {Number(rows->cell(row, 1)), Number(rows->cell(row, 2))};
  }
  return accounts;
}

absl::StatusOr<std::vector<Transfer>> Premises::ReadLedger(const Branch& branch) {
  const absl::StatusOr<db::Rows> rows = postgres_->Execute(
      Cat("SELECT transfer_id, from_account, to_account, amount FROM transfers WHERE branch = ", branch.number));
  if (!rows.ok()) return rows.status();
  std::vector<Transfer> ledger;
  for (int row = 0; row < rows->size(); ++row) {
    ledger.push_back({std::string(rows->cell(row, 0)), Number(rows->cell(row, 1)), Number(rows->cell(row, 2)),
                      Number(rows->cell(row, 3))});
  }
  return ledger;
}

bool Premises::IsIdle() {
  const std::string open = postgres_->Value(
      "SELECT count(*) FROM pg_stat_activity WHERE xact_start IS NOT NULL AND pid <> pg_backend_pid() AND "
      "backend_type = 'client backend'");
  const auto units = rowkeeper::v1::UnitOfWork::NewStub(client::MakeChannel(server_->address()));
  const auto listed = client::Call(&rowkeeper::v1::UnitOfWork::Stub::List, units, rowkeeper::v1::ListRequest());
  return open == "0" && listed.ok() && listed->units_of_work().empty();
}

absl::Status Premises::WaitUntilIdle() {
  const auto give_up = std::chrono::steady_clock::now() + kIdleTimeout;
  while (!IsIdle()) {
    if (std::chrono::steady_clock::now() > give_up) {
      return absl::DeadlineExceededError("a transaction or a unit of work stays open though all clients have gone");
    }
    std::this_thread::sleep_for(milliseconds(20));
  }
  return absl::OkStatus();
}

}  // namespace rowkeeper::bank
