#include "server/db/pg_error.h"

#include <gtest/gtest.h>

namespace rowkeeper::db {
namespace {

TEST(PgErrorTest, FunctionThatReportedItDecidesWhoseErrorItIs) {
  PgError error;
  error.source_function = "FetchPreparedStatement";
  EXPECT_TRUE(error.ReportedBy("FetchPreparedStatement"));
  EXPECT_FALSE(error.ReportedBy("RevalidateCachedQuery"));
  error.context = "unnamed portal with parameters: $1 = '1'";  // where log_parameter_max_length_on_error is set
  EXPECT_TRUE(error.ReportedBy("FetchPreparedStatement"));
  error.source_function = "exec_stmt_raise";
  EXPECT_FALSE(error.ReportedBy("FetchPreparedStatement"));
}

TEST(PgErrorTest, ErrorWithoutAnyOriginIsTheServersOwn) {
  PgError error;
  EXPECT_TRUE(error.ReportedBy("FetchPreparedStatement"));
  error.context = "PL/pgSQL function f() line 1 at RAISE";
  EXPECT_FALSE(error.ReportedBy("FetchPreparedStatement"));
}

}  // namespace
}  // namespace rowkeeper::db
