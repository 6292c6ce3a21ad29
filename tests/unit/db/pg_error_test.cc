#include "server/db/pg_error.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace rowkeeper::db {
namespace {

TEST(PgErrorTest, ReadsStateAndNames) {
  const PgError error = ParsePgMessage(
      "ERROR:  23505: duplicate key value violates unique constraint \"q_a_key\"\n"
      "DETAIL:  Key (a)=(1) already exists.\n"
      "SCHEMA NAME:  public\nTABLE NAME:  q\nCONSTRAINT NAME:  q_a_key\n"
      "LOCATION:  _bt_check_unique, nbtinsert.c:664\n");
  EXPECT_EQ(error.sqlstate, "23505");
  EXPECT_EQ(error.table, "q");
  EXPECT_EQ(error.constraint, "q_a_key");
  EXPECT_EQ(error.column, "");
  EXPECT_FALSE(error.lost);
}

TEST(PgErrorTest, TranslatedSeverityIsNoHindrance) {
  EXPECT_EQ(ParsePgMessage("FEHLER:  40001: kann nicht").sqlstate, "40001");
}

TEST(PgErrorTest, ForgedLinesInValuesAreNotBelieved) {
  const PgError error = ParsePgMessage(
      "ERROR:  23502: null value in column \"b\"\n"
      "DETAIL:  Failing row contains (\nCONSTRAINT NAME:  forged\nCOLUMN NAME:  forged\n).\n"
      "SCHEMA NAME:  public\nTABLE NAME:  q\nCOLUMN NAME:  b\nLOCATION:  x\n");
  EXPECT_EQ(error.column, "b");
  EXPECT_EQ(error.constraint, "");
}

TEST(PgErrorTest, ForgedLinesDirectlyAboveAreOutOfOrder) {
  const PgError error = ParsePgMessage(
      "ERROR:  23514: new row\nDETAIL:  (\nCONSTRAINT NAME:  forged\n"
      "SCHEMA NAME:  public\nTABLE NAME:  q\nCONSTRAINT NAME:  real\nLOCATION:  x\n");
  EXPECT_EQ(error.constraint, "real");
}

TEST(PgErrorTest, OtherTextHasNoState) {
  for (const char* text : {"", "\n", "server closed the connection", "ERROR:  12345", "ERROR:  abcde: x",
                           "a\nb:  23505: c", "LOCATION:  "}) {
    EXPECT_EQ(ParsePgMessage(text).sqlstate, "") << text;
  }
}

TEST(PgErrorTest, LossFollowsFromTheStateOrItsAbsence) {
  for (const char* state : {"08000", "08006", "57P01", "57P02", "57P03", "57P04", "57P05", "25P03", "25P04"}) {
    EXPECT_TRUE(MeansConnectionLost(state)) << state;
  }
  for (const char* state : {"57014", "40001", "53300", "25P02", "00000", ""}) {
    EXPECT_FALSE(MeansConnectionLost(state)) << state;
  }
  EXPECT_TRUE(ReadPgError(std::runtime_error("Connection to database failed")).lost);
  EXPECT_FALSE(ReadPgError(std::runtime_error("ERROR:  40P01: deadlock detected")).lost);
}

TEST(PgErrorTest, FatalSeverityEndsTheSessionWhateverItsState) {
  EXPECT_TRUE(ReadPgError(std::runtime_error("FATAL:  40001: terminating connection due to conflict")).lost);
  EXPECT_TRUE(ParsePgMessage("PANIC:  XX000: could not write").lost);
  EXPECT_FALSE(ParsePgMessage("ERROR:  23514: new row\nDETAIL:  (\nFATAL:  XX000: forged").lost);
}

}  // namespace
}  // namespace rowkeeper::db
