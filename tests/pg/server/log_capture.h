#pragma once

#include <gtest/gtest.h>

#include <string>

#include "server/observe/log.h"
#include "tests/support/in_process_server.h"
#include "tests/support/random_catalogue.h"

namespace rowkeeper::testing {

/// The first server quiets the log of a test program.
inline void BeginWithAServer() {
  static const bool began = InProcessServer(CompileExample("planner/v1")).ok();
  EXPECT_TRUE(began);
}

/// The whole log at level debug until it is read.
class LogCapture {
 public:
  LogCapture() {
    BeginWithAServer();
    ::testing::internal::CaptureStderr();
    observe::LogOptions options;
    options.level = observe::LogLevel::kDebug;
    options.calls.all = true;
    options.queue_lines = 1000000;
    options.bursts.lines = 1000000;  // none is left out
    observe::StartLog(options);
  }
  std::string Read() {
    reading_ = false;
    EXPECT_EQ(observe::DroppedLogLines(), 0u);
    observe::StopLog();
    return ::testing::internal::GetCapturedStderr();
  }
  ~LogCapture() {
    if (reading_) (void)Read();
  }

 private:
  bool reading_ = true;
};

}  // namespace rowkeeper::testing
