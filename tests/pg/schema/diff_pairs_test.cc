#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/pg/schema/diff_fixture.h"

namespace rowkeeper::schema {
namespace {

/// Every so manieth pair, so that a run takes less than a minute; all of them where this variable is set.
constexpr char kAllPairs[] = "ROWKEEPER_ALL_DIFF_PAIRS";

/// Which pairs a test takes. Each test begins at another one.
struct Share {
  size_t first = 0;
  size_t stride = 1;
};

/// Writes rows all the time, whatever their table is called. What changes the table may refuse a write, or wait for it.
class Writer {
 public:
  explicit Writer(const std::string& url) : thread_([this, url] { Run(url); }) {}
  ~Writer() { Stop(); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// The number of statements that were done.
  int Stop() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
    return done_;
  }

 private:
  void Run(const std::string& url) {
    db::ConnectionOptions options;
    options.url = url;
    const auto connection = db::Connection::Open(options);
    ASSERT_TRUE(connection.ok()) << connection.status();
    for (int i = 0; !stop_; ++i) {
      const char* table = i % 2 == 0 ? "items" : "articles";
      const std::string update = absl::StrCat("UPDATE ", table, " SET title = title WHERE id IN (SELECT id FROM ",
                                              table, " OFFSET ", i % 7, " LIMIT 3)");
      if ((*connection)->ExecuteScript(update, nullptr).ok()) ++done_;
    }
  }

  std::atomic<bool> stop_{false};
  std::atomic<int> done_{0};
  std::thread thread_;
};

class DiffPairs : public DiffWalk {
 protected:
  void SetUp() override {
    DiffWalk::SetUp();
    Create(ProtoWith({}));
  }

  void Walk(Share share) {
    if (std::getenv(kAllPairs) != nullptr) share = {};
    const std::vector<DiffKind>& kinds = DiffKinds();
    size_t place = 0;
    for (size_t i = 0; i < kinds.size(); ++i) {
      for (size_t k = i + 1; k < kinds.size(); ++k) {
        if (place++ % share.stride != share.first) continue;
        SCOPED_TRACE(absl::StrCat(kinds[i].name, " and ", kinds[k].name));
        GoThereAndBack({&kinds[i], &kinds[k]});
        if (HasFatalFailure()) return;
      }
    }
  }
};

TEST_F(DiffPairs, GoThereAndBackOnTablesWithRows) {
  database_.Run(RowsBefore());
  Walk({0, 12});
}

TEST_F(DiffPairs, GoThereAndBackOnEmptyTables) { Walk({5, 24}); }

TEST_F(DiffPairs, GoThereAndBackOnTablesThatOthersWriteTo) {
  database_.Run(RowsBefore());
  Writer writer(database_.url());
  Walk({11, 24});
  EXPECT_GT(writer.Stop(), 100);
}

}  // namespace
}  // namespace rowkeeper::schema
