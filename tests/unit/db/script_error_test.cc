#include "server/db/script_error.h"

#include <gtest/gtest.h>

#include "server/base/errors.h"

namespace rowkeeper::db {
namespace {

int Position(std::string_view script, std::string message) {
  PgError error;
  error.message = std::move(message);
  return ErrorPosition(script, error);
}

TEST(ScriptErrorTest, CaretGivesTheCharacter) {
  EXPECT_EQ(Position("SELECT 1;\nSELCT 2", "ERROR:  42601: syntax\nLINE 2: SELCT 2\n        ^\nLOCATION:  x\n"), 11);
  EXPECT_EQ(Position("SELECT 1 FORM", "ERROR:  42601: syntax\nLINE 1: SELECT 1 FORM\n                 ^\n"), 10);
}

TEST(ScriptErrorTest, WithoutACaretItIsTheLinesStart) {
  EXPECT_EQ(Position("a\nbc\nd", "ERROR:  42601: x\nLINE 2: bc\n"), 3);
}

TEST(ScriptErrorTest, NonsenseIsNoPosition) {
  for (const char* message : {"", "ERROR", "\nLINE ", "\nLINE 99: x\n  ^", "\nLINE 0: x", "\nLINE x: y\n^",
                              "ERROR:  42703: x\nLINE 1: a\n        ^\nQUERY:  a\n"}) {
    EXPECT_EQ(Position("a", message), 0) << message;
  }
}

TEST(ScriptErrorTest, ReasonSurvivesWherePostgresWordsReplaceTheMessage) {
  PgError error;
  error.message = "ERROR:  55P03: canceling statement due to lock timeout\nLOCATION:  ProcessInterrupts\n";
  const absl::Status status = ScriptStatus(error, LockTimeout());
  EXPECT_EQ(ErrorReason(status), "LOCK_TIMEOUT");
  EXPECT_EQ(std::string(status.message()), "ERROR:  55P03: canceling statement due to lock timeout");
  EXPECT_EQ(ScriptStatus(error, AlreadyExists("e", "c", {})).code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace rowkeeper::db
