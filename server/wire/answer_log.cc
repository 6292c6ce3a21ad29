#include "server/wire/answer_log.h"

#include "server/observe/call_record.h"
#include "server/observe/counters.h"
#include "server/observe/log.h"

namespace rowkeeper::wire {

AnswerLog::AnswerLog(const ServedMethod* method)
    : method_(*method), noting_(observe::LogEnabled(observe::LogLevel::kInfo)) {}

void AnswerLog::Count(const absl::Status& status, std::chrono::nanoseconds duration) const {
  method_.durations->Record(status.code(), duration);
  if (!status.ok()) observe::Counters::Process().CountRefusal(status);
}

void AnswerLog::Write(const absl::Status& status, int64_t rows, std::chrono::nanoseconds duration) const {
  observe::CallRecord record;
  record.method = method_.name;
  record.entity = method_.entity;
  record.ids = ids_;
  record.status = status;
  record.duration = duration;
  record.request_id = request_id_;
  record.caller = caller_;
  record.unit_of_work = unit_of_work_;
  record.label = label_;
  record.rows = rows;
  observe::LogCall(record);
}

}  // namespace rowkeeper::wire
