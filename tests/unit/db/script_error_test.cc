#include "server/db/script_error.h"

#include <gtest/gtest.h>

#include "server/base/database_errors.h"
#include "server/base/error_details.h"
#include "server/base/row_errors.h"

namespace rowkeeper::db {
namespace {

TEST(ScriptErrorTest, ReasonSurvivesWherePostgresWordsReplaceTheMessage) {
  PgError error;
  error.message = "ERROR:  55P03: canceling statement due to lock timeout";
  const absl::Status status = ScriptStatus(error, LockTimeout());
  EXPECT_EQ(ErrorReason(status), "LOCK_TIMEOUT");
  EXPECT_EQ(std::string(status.message()), error.message);
  EXPECT_EQ(ScriptStatus(error, AlreadyExists("e", "c", {})).code(), absl::StatusCode::kFailedPrecondition);
}

TEST(ScriptErrorTest, WordsThatAreNotUtf8AreMended) {
  PgError error;
  error.message = "ERROR:  42601: \xff";
  EXPECT_EQ(std::string(ScriptStatus(error, absl::InternalError("")).message()), "ERROR:  42601: \xEF\xBF\xBD");
}

}  // namespace
}  // namespace rowkeeper::db
