#include <fcntl.h>
#include <google/protobuf/descriptor.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <future>

#include "tests/pg/server/blocker.h"
#include "tests/pg/server/server_fixture.h"
#include "tests/pg/server/unit_fixture.h"

namespace rowkeeper::testing {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// A file that goes with the object.
class RequestFile {
 public:
  explicit RequestFile(const std::string& bytes) {
    const int file = mkstemp(name_.data());
    EXPECT_GE(file, 0);
    EXPECT_EQ(write(file, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    close(file);
  }
  ~RequestFile() { unlink(name_.c_str()); }
  const std::string& name() const { return name_; }

 private:
  std::string name_ = "/tmp/rowkeeper-request-XXXXXX";
};

/// Another process in the middle of a call.
class Client {
 public:
  Client(const std::string& address, const std::string& handle, const std::string& path, const RequestFile& request) {
    pid_ = fork();
    if (pid_ != 0) return;
    const int file = open(request.name().c_str(), O_RDONLY);
    if (dup2(file, STDIN_FILENO) == STDIN_FILENO) {
      execl(KILLED_CLIENT, KILLED_CLIENT, address.c_str(), handle.c_str(), path.c_str(), nullptr);
    }
    _exit(3);
  }
  ~Client() { Kill(); }
  void Kill() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    int status = 0;
    EXPECT_EQ(waitpid(pid_, &status, 0), pid_);
    EXPECT_TRUE(WIFSIGNALED(status)) << "it was answered, or did not start";
    pid_ = -1;
  }

 private:
  pid_t pid_ = -1;
};

TEST(KilledClientTest, AClientProcessThatIsKilledInACallFreesItsRowLocksSoonAfterTheLease) {
  constexpr seconds kLease{5};  // a busy machine may take some of them to get so far
  InProcessServer::Options options;
  options.connection.lock_timeout_ms = 0;
  InProcessServer server(CompileExample("planner/v1"), options);
  const Json profile = server.MustCall("ProfileRepository.Create",
                                       {{"profile", {{"email", "a@b.c"}, {"handle", "ada"}, {"display_name", "Ada"}}}});
  const auto new_todo = [&] {
    return server.MustCall("TodoRepository.Create", {{"todo", {{"owner_id", profile["id"]}, {"title", "t"}}}});
  };
  const auto rename = [](const Json& todo) {
    return Json{{"todo", {{"id", todo["id"]}, {"title", "of the unit"}}}, {"update_mask", "title"}};
  };
  const Json locked = new_todo();
  const Json wanted = new_todo();
  Blocker blocker(&server, LockTodo(wanted));
  const Unit unit(&server, {{"idle_limit", Cat(kLease.count(), "s")}});
  unit.MustCall("TodoRepository.Update", rename(locked));
  const auto* method = server.FindMethod("TodoRepository.Update");
  const RequestFile request(server.ToBytes(*method->input_type(), rename(wanted)));
  Client client(server.addresses().front(), unit.handle(), "/planner.v1.TodoRepository/Update", request);
  ASSERT_TRUE(Eventually(&server, kWaiting + " = 1"));
  const auto waiting = std::async(std::launch::async, [&] { Blocker(&server, LockTodo(locked)).End(); });
  EXPECT_EQ(waiting.wait_for(milliseconds(300)), std::future_status::timeout) << "the unit holds the row";
  client.Kill();
  const auto killed = Clock::now();
  EXPECT_EQ(waiting.wait_for(seconds(30)), std::future_status::ready);
  EXPECT_LT(Clock::now() - killed, kLease + seconds(5));
  EXPECT_EQ(server.database().Value("SELECT count(*) FROM todos WHERE title <> 't'"), "0");
  // The cancelled statement has freed the locks already; the place follows with the lease.
  EXPECT_TRUE(Within(kLease + seconds(5),
                     [&] { return server.MustCall("UnitOfWork.List", Json::object()) == Json::object(); }));
  blocker.End();
}

}  // namespace
}  // namespace rowkeeper::testing
