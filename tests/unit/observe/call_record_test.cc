#include "server/observe/call_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/base/error_details.h"
#include "server/base/errors.h"

namespace rowkeeper::observe {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

CallRecord Example() {
  CallRecord record;
  record.method = "planner.v1.TodoRepository.GetById";
  record.entity = "planner.v1.Todo";
  record.ids = {"0b52"};
  record.duration = std::chrono::microseconds(1234);
  record.request_id = "r 1";
  record.caller = "ipv4:127.0.0.1:5";
  return record;
}

TEST(CallRecordTest, HoldsMethodEntityIdStatusDurationRequestAndCaller) {
  EXPECT_EQ(CallFields(Example()),
            "msg=call method=planner.v1.TodoRepository.GetById entity=planner.v1.Todo id=0b52 status=OK "
            "duration_ms=1.234 request_id=\"r 1\" caller=ipv4:127.0.0.1:5");
}

TEST(CallRecordTest, AnErrorAddsItsReasonButNotItsMessage) {
  CallRecord record = Example();
  record.status = InvalidField("title", "secret words");
  const std::string line = CallFields(record);
  EXPECT_THAT(line, HasSubstr("status=INVALID_ARGUMENT reason=INVALID_FIELD"));
  EXPECT_THAT(line, Not(HasSubstr("secret words")));
}

TEST(CallRecordTest, AnInternalErrorIsFoundByItsLogId) {
  CallRecord record = Example();
  record.status = Internal("no plan");
  EXPECT_THAT(CallFields(record), HasSubstr("log_id=" + ErrorLogId(record.status)));
  EXPECT_THAT(CallFields(record), HasSubstr("internal error: no plan"));
}

TEST(CallRecordTest, ManyOrLongIdsAreCut) {
  CallRecord record = Example();
  record.ids.assign(500, std::string(100, 'x'));
  EXPECT_LT(CallFields(record).size(), 2000u);
  EXPECT_THAT(CallFields(record), HasSubstr("ids=500"));
}

TEST(CallRecordTest, AHostileRequestIdCannotForgeFields) {
  CallRecord record = Example();
  record.request_id = "x\nlevel=error caller=root";
  EXPECT_THAT(CallFields(record), HasSubstr("request_id=\"x\\nlevel=error caller=root\" caller=ipv4"));
}

}  // namespace
}  // namespace rowkeeper::observe
