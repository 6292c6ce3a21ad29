#include "server/wire/answer_log.h"

#include <utility>

#include "server/base/utf8.h"
#include "server/observe/counters.h"
#include "server/observe/log.h"

namespace rowkeeper::wire {
namespace {

constexpr size_t kMaxRequestIdBytes = 128;

bool MayHaveLine() {
  const observe::CallLines lines = observe::CurrentCallLines();
  return lines.all || lines.errors || lines.slow;
}

template <typename Rpc>
observe::CallContext BeginContext(const Rpc& rpc) {
  observe::CallContext context = ReadCallContext(rpc.Header(kRequestIdHeader), rpc.Header(kTraceParentHeader));
  const observe::Tracer* const tracer = rpc.tracer();
  if (tracer == nullptr || !tracer->Samples(context.trace)) return context;
  const observe::Tracer::Call call{rpc.path(), rpc.came_at(), rpc.Header(kTraceStateHeader).value_or("")};
  context.spans = tracer->Begin(context.trace, call);
  return context;
}

}  // namespace

AnswerLog::AnswerLog(const ServedMethod* method) : method_(*method), noting_(MayHaveLine()) {}

observe::CallContext ReadCallContext(std::optional<std::string_view> request_id,
                                     std::optional<std::string_view> trace_parent) {
  observe::CallContext context;
  if (request_id.has_value()) {
    context.request_id =
        request_id->size() <= kMaxRequestIdBytes ? *request_id : ShortenUtf8(*request_id, kMaxRequestIdBytes);
  }
  if (trace_parent.has_value()) context.trace = observe::ParseTraceParent(*trace_parent);
  return context;
}

observe::CallContext BeginCallContext(const UnaryRpc& rpc) { return BeginContext(rpc); }
observe::CallContext BeginCallContext(const StreamRpc& rpc) { return BeginContext(rpc); }

void AnswerLog::EndSpans(const absl::Status& status, int64_t rows) const {
  if (context_.spans == nullptr) return;
  observe::EndedCall end;
  end.status = &status;
  end.rows = rows;
  end.request_id = context_.request_id;
  end.unit_of_work = unit_of_work_;
  context_.spans->End(end);
}

void AnswerLog::Count(const absl::Status& status, std::chrono::nanoseconds duration) const {
  method_.durations->Record(status.code(), duration);
  if (!status.ok()) observe::Counters::Process().CountRefusal(status, method_.durations);
}

bool AnswerLog::Wants(const absl::Status& status, std::chrono::nanoseconds so_far) const {
  return observe::WantsCallLine({status.code(), so_far, method_.is_stream});
}

void AnswerLog::Write(const absl::Status& status, int64_t rows, std::chrono::nanoseconds duration) {
  const observe::CallEnd end{status.code(), duration, method_.is_stream};
  observe::CallRecord record;
  record.method = method_.name;
  record.entity = method_.entity;
  record.ids = std::move(ids_);
  record.status = status;
  record.duration = duration;
  record.context = context_;
  record.caller = std::move(caller_);
  record.unit_of_work = std::move(unit_of_work_);
  record.label = std::move(label_);
  record.rows = rows;
  record.slow = observe::IsSlow(end);
  record.end = std::chrono::system_clock::now();
  observe::LogCall(std::move(record));
}

}  // namespace rowkeeper::wire
