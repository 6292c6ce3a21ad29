#include "tests/hostile/hostile_server.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "server/base/ids.h"
#include "server/base/text.h"
#include "tests/support/eventually.h"
#include "tests/support/random_catalogue.h"
#include "tests/unit/wire/raw_client.h"

namespace rowkeeper::testing {
namespace {

constexpr char kGetById[] = "/planner.v1.TodoRepository/GetById";
/// id: "00000000-0000-4000-8000-000000000000"
constexpr char kUnknownTodo[] =
    "\x0a\x24"
    "00000000-0000-4000-8000-000000000000";

bool Call(const std::shared_ptr<grpc::Channel>& channel) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  return wire::CallRaw(channel, kGetById, {kUnknownTodo}, &context).status.error_code() == grpc::StatusCode::NOT_FOUND;
}

}  // namespace

bool FullSize() {
  const char* const value = std::getenv("ROWKEEPER_HOSTILE_FULL");
  return value != nullptr && std::string(value) == "1";
}

int Sized(int small, int full) { return FullSize() ? full : small; }

HostileServer::HostileServer(std::vector<std::string> arguments)
    : log_file_((std::filesystem::temp_directory_path() / Cat("rk_hostile_", RandomHex(4), ".log")).string()),
      home_(std::make_unique<InProcessServer>(CompileExample("planner/v1"))) {
  if (!home_->ok()) return;
  ServerProgram::Options options;
  options.program = ROWKEEPER_PROGRAM;
  options.arguments = {"--proto-path", PROTO_PATH, "--database-url", home_->database().url(), "--log-level", "warning"};
  for (const auto& file : std::filesystem::directory_iterator(std::string(PROTO_PATH) + "/planner/v1")) {
    options.arguments.insert(options.arguments.end(),
                             {"--proto-file", "planner/v1/" + file.path().filename().string()});
  }
  options.arguments.insert(options.arguments.end(), arguments.begin(), arguments.end());
  options.log_file = log_file_;
  home_->Stop();
  auto program = ServerProgram::Start(options);
  EXPECT_TRUE(program.ok()) << program.status();
  if (!program.ok()) return;
  program_ = *std::move(program);
  EXPECT_TRUE(Eventually([this] { return IsServed(address()); }));
}

HostileServer::~HostileServer() {
  program_.reset();
  ShowLogOfFailure(log_file_);
  std::filesystem::remove(log_file_);
}

int64_t HostileServer::PeakMemory() const {
  std::ifstream file(Cat("/proc/", program_->pid(), "/status"));
  constexpr char kName[] = "VmHWM:";
  for (std::string line; std::getline(file, line);) {
    if (line.rfind(kName, 0) == 0) return std::stoll(line.substr(sizeof(kName) - 1)) / 1024;
  }
  ADD_FAILURE() << "the server is no more";
  return 0;
}

bool HostileServer::HasLogged(const std::string& text) const {
  std::ifstream file(log_file_);
  for (std::string line; std::getline(file, line);) {
    if (line.find(text) != std::string::npos) return true;
  }
  return false;
}

bool HostileServer::Logs(const std::string& text) const {
  return Eventually([&] { return HasLogged(text); });
}

GoodCallers::GoodCallers(const std::string& address, int callers) {
  std::atomic<int> ready{0};
  for (int i = 0; i < callers; ++i) {
    threads_.emplace_back([this, address, &ready] {
      const auto channel = wire::NewChannel(address);
      (Call(channel) ? served_ : failed_)++;
      ++ready;
      while (!stop_) (Call(channel) ? served_ : failed_)++;
    });
  }
  while (ready < callers) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

void GoodCallers::Stop() {
  stop_ = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

double GoodCallers::Share() const {
  const int all = served_ + failed_;
  return all == 0 ? 0 : static_cast<double>(served_) / all;
}

bool IsServed(const std::string& address) { return Call(wire::NewChannel(address)); }

}  // namespace rowkeeper::testing
