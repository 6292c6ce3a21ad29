#include "server/observe/call_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/base/error_details.h"
#include "server/base/errors.h"
#include "server/observe/lock_waits.h"
#include "server/observe/log.h"

namespace rowkeeper::observe {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

CallRecord Example() {
  CallRecord record;
  record.method = "planner.v1.TodoRepository.GetById";
  record.entity = "planner.v1.Todo";
  record.ids.Add("0b52");
  record.duration = std::chrono::microseconds(1234);
  record.context.request_id = "r 1";
  record.caller = "ipv4:127.0.0.1:5";
  return record;
}

std::string Line(const CallRecord& record) { return CallFields(record, LogFormat::kText); }

TEST(CallRecordTest, HoldsMethodEntityIdStatusDurationRequestAndCaller) {
  EXPECT_EQ(Line(Example()),
            "msg=call method=planner.v1.TodoRepository.GetById entity=planner.v1.Todo id=0b52 status=OK "
            "duration_ms=1.234 request_id=\"r 1\" caller=ipv4:127.0.0.1:5");
}

TEST(CallRecordTest, AnErrorAddsItsReasonButNotItsMessage) {
  CallRecord record = Example();
  record.status = InvalidField("title", "secret words");
  const std::string line = Line(record);
  EXPECT_THAT(line, HasSubstr("status=INVALID_ARGUMENT reason=INVALID_FIELD"));
  EXPECT_THAT(line, Not(HasSubstr("secret words")));
}

TEST(CallRecordTest, AnInternalErrorIsFoundByItsLogId) {
  CallRecord record = Example();
  record.status = Internal("no plan");
  EXPECT_THAT(Line(record), HasSubstr("log_id=" + ErrorLogId(record.status)));
  EXPECT_THAT(Line(record), HasSubstr("internal error: no plan"));
}

TEST(CallRecordTest, ManyOrLongIdsAreCut) {
  CallRecord record = Example();
  for (int i = 0; i < 499; ++i) record.ids.Add(std::string(1000, 'x'));
  EXPECT_LT(Line(record).size(), 2000u);
  EXPECT_THAT(Line(record), HasSubstr("ids=500"));
}

TEST(CallRecordTest, AHostileRequestIdCannotForgeFields) {
  CallRecord record = Example();
  record.context.request_id = "x\nlevel=error caller=root";
  EXPECT_THAT(Line(record), HasSubstr("request_id=\"x\\nlevel=error caller=root\" caller=ipv4"));
}

TEST(CallRecordTest, TheCallersTraceIsInTheLine) {
  CallRecord record = Example();
  record.context.trace = TraceParent{"0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", true};
  EXPECT_THAT(Line(record),
              HasSubstr("request_id=\"r 1\" trace_id=0af7651916cd43dd8448eb211c80319c span_id=b7ad6b7169203331"));
}

TEST(CallRecordTest, ASlowCallSaysWhereTheTimeWent) {
  CallRecord record = Example();
  record.slow = true;
  record.duration = std::chrono::milliseconds(700);
  record.end = std::chrono::system_clock::now();
  record.context.times = {std::chrono::milliseconds(3), std::chrono::milliseconds(20), std::chrono::milliseconds(670),
                          2};
  SlowStatement& slowest = record.context.slowest;
  slowest.time = std::chrono::milliseconds(660);
  slowest.purpose = "planner.v1.Todo/Update";
  slowest.name = "rk_12";
  slowest.query_id = -77;
  slowest.plan = std::make_shared<const std::string>("Update on public.todos > Seq Scan on public.todos");
  slowest.backend = 4711;
  LockWaits::Process().Note({4711, "17,18", "transactionid", record.end - std::chrono::milliseconds(300)});
  EXPECT_THAT(Line(record), HasSubstr(" slow=true queue_ms=3 connection_ms=20 database_ms=670 statements=2 "
                                      "statement=planner.v1.Todo/Update statement_name=rk_12 statement_ms=660 "
                                      "query_id=-77 plan=\"Update on public.todos > Seq Scan on public.todos\" "
                                      "backend=4711 blocked_by=17,18 lock=transactionid"));
  EXPECT_EQ(CallLevel(record), LogLevel::kWarning);
  record.end += std::chrono::seconds(10);
  EXPECT_THAT(Line(record), Not(HasSubstr("blocked_by"))) << "another call's wait in the same session";
}

TEST(CallRecordTest, LinesAreChosenByHowTheCallEnded) {
  const CallEnd ok{absl::StatusCode::kOk, std::chrono::milliseconds(1)};
  const CallEnd slow{absl::StatusCode::kOk, std::chrono::milliseconds(500)};
  const CallEnd stream{absl::StatusCode::kOk, std::chrono::seconds(500), true};
  const CallEnd mistake{absl::StatusCode::kNotFound, std::chrono::milliseconds(1)};
  const CallEnd fault{absl::StatusCode::kInternal, std::chrono::milliseconds(1)};
  struct Case {
    const char* words;
    bool ok, slow, mistake;
  };
  for (const Case& c : std::initializer_list<Case>{{"errors,slow", false, true, true},
                                                   {"errors", false, false, true},
                                                   {"slow", false, true, false},
                                                   {"all", true, true, true},
                                                   {"none", false, false, false}}) {
    CallLines lines;
    ASSERT_TRUE(ParseCallLines(c.words, &lines).ok());
    SetCallLines(lines);
    EXPECT_EQ(CallLinesText(CurrentCallLines()), c.words);
    EXPECT_EQ(WantsCallLine(ok), c.ok) << c.words;
    EXPECT_EQ(WantsCallLine(slow), c.slow) << c.words;
    EXPECT_EQ(WantsCallLine(stream), c.ok) << c.words;
    EXPECT_EQ(WantsCallLine(mistake), c.mistake) << c.words;
    EXPECT_TRUE(WantsCallLine(fault)) << c.words;
  }
  SetCallLines({});
  SetSlowCallLimit(std::chrono::milliseconds(0));
  EXPECT_FALSE(WantsCallLine(slow)) << "no call is slow";
  SetSlowCallLimit(std::chrono::milliseconds(500));
}

}  // namespace
}  // namespace rowkeeper::observe
