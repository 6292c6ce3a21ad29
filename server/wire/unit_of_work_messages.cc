#include "server/wire/unit_of_work_messages.h"

#include <algorithm>
#include <chrono>

#include "server/base/text.h"
#include "server/base/utf8.h"

namespace rowkeeper::wire {
namespace {

namespace pb = google::protobuf;

/// google.protobuf.Duration: about 10,000 years.
constexpr int64_t kMaxDurationSeconds = 315576000000;
constexpr int32_t kNanosPerSecond = 1000000000;

/// C0, DEL and C1.
bool HoldsControlCharacter(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte == 0x7F) return true;
    if (byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0) return true;
  }
  return false;
}

/// Parts of a millisecond count as a whole one, so that a limit is never shorter than what was asked for.
std::chrono::milliseconds ReadDuration(const pb::Duration& duration, std::string_view field,
                                       FieldViolations* violations) {
  const int64_t seconds = duration.seconds();
  const int32_t nanos = duration.nanos();
  if (seconds < 0 || nanos < 0) {
    violations->Add(field, "must not be negative");
  } else if (seconds > kMaxDurationSeconds || nanos >= kNanosPerSecond) {
    violations->Add(field, "is no duration: at most 315576000000 seconds and 999999999 nanos");
  } else {
    return std::chrono::milliseconds(seconds * 1000 + (nanos + 999999) / 1000000);
  }
  return {};
}

v1::Isolation ToProto(sql::TransactionMode::Isolation isolation) {
  switch (isolation) {
    case sql::TransactionMode::Isolation::kReadCommitted:
      return v1::ISOLATION_READ_COMMITTED;
    case sql::TransactionMode::Isolation::kRepeatableRead:
      return v1::ISOLATION_REPEATABLE_READ;
    case sql::TransactionMode::Isolation::kSerializable:
      return v1::ISOLATION_SERIALIZABLE;
  }
  return v1::ISOLATION_UNSPECIFIED;
}

v1::UnitOfWorkEnd ToProto(uow::EndCause cause) {
  switch (cause) {
    case uow::EndCause::kNone:
      return v1::UNIT_OF_WORK_END_UNSPECIFIED;
    case uow::EndCause::kCaller:
      return v1::UNIT_OF_WORK_END_CALLER;
    case uow::EndCause::kIdleLimit:
      return v1::UNIT_OF_WORK_END_IDLE_LIMIT;
    case uow::EndCause::kTotalLimit:
      return v1::UNIT_OF_WORK_END_TOTAL_LIMIT;
    case uow::EndCause::kConnectionLost:
      return v1::UNIT_OF_WORK_END_CONNECTION_LOST;
    case uow::EndCause::kShutdown:
      return v1::UNIT_OF_WORK_END_SHUTDOWN;
    case uow::EndCause::kOperator:
      return v1::UNIT_OF_WORK_END_OPERATOR;
  }
  return v1::UNIT_OF_WORK_END_UNSPECIFIED;
}

}  // namespace

sql::TransactionMode ReadMode(const v1::TransactionOptions& options, std::string_view field,
                              FieldViolations* violations) {
  using Isolation = sql::TransactionMode::Isolation;
  sql::TransactionMode mode;
  mode.read_only = options.read_only();
  mode.deferrable = options.deferrable();
  switch (options.isolation()) {
    case v1::ISOLATION_UNSPECIFIED:
    case v1::ISOLATION_READ_COMMITTED:
      break;
    case v1::ISOLATION_REPEATABLE_READ:
      mode.isolation = Isolation::kRepeatableRead;
      break;
    case v1::ISOLATION_SERIALIZABLE:
      mode.isolation = Isolation::kSerializable;
      break;
    default:
      violations->Add(Cat(field, ".isolation"),
                      Cat(static_cast<int>(options.isolation()), " is no value of rowkeeper.v1.Isolation"));
      return mode;
  }
  if (!uow::DeferrableFits(mode)) {
    violations->Add(Cat(field, ".deferrable"), "goes with ISOLATION_SERIALIZABLE and read_only only; set both");
  }
  return mode;
}

void CheckName(std::string_view text, std::string_view field, size_t max_bytes, FieldViolations* violations) {
  if (text.size() > max_bytes) {
    violations->Add(field, Cat("has ", text.size(), " bytes; at most ", max_bytes, " are allowed"));
  } else if (ValidUtf8Prefix(text) != text.size()) {
    violations->Add(field, "is not UTF-8");
  } else if (HoldsControlCharacter(text)) {
    violations->Add(field, "holds a control character; write it in one line of printable text");
  }
}

absl::StatusOr<uow::BeginOptions> ReadBegin(const v1::BeginRequest& request) {
  FieldViolations violations;
  uow::BeginOptions options;
  options.mode = ReadMode(request.transaction(), "transaction", &violations);
  if (request.has_idle_limit()) options.idle_limit = ReadDuration(request.idle_limit(), "idle_limit", &violations);
  if (request.has_total_limit()) options.total_limit = ReadDuration(request.total_limit(), "total_limit", &violations);
  if (request.has_capacity_wait()) {
    options.capacity_wait = ReadDuration(request.capacity_wait(), "capacity_wait", &violations);
  }
  CheckName(request.label(), "label", uow::kMaxLabelBytes, &violations);
  options.label = request.label();
  if (!violations.empty()) return violations.ToStatus();
  return options;
}

v1::UnitOfWorkState ToProto(uow::UnitState state) {
  switch (state) {
    case uow::UnitState::kUnspecified:
      return v1::UNIT_OF_WORK_STATE_UNSPECIFIED;
    case uow::UnitState::kOpen:
      return v1::UNIT_OF_WORK_STATE_OPEN;
    case uow::UnitState::kFailed:
      return v1::UNIT_OF_WORK_STATE_FAILED;
    case uow::UnitState::kCommitting:
      return v1::UNIT_OF_WORK_STATE_COMMITTING;
    case uow::UnitState::kCommitted:
      return v1::UNIT_OF_WORK_STATE_COMMITTED;
    case uow::UnitState::kRolledBack:
      return v1::UNIT_OF_WORK_STATE_ROLLED_BACK;
    case uow::UnitState::kOutcomeUnknown:
      return v1::UNIT_OF_WORK_STATE_OUTCOME_UNKNOWN;
  }
  return v1::UNIT_OF_WORK_STATE_UNSPECIFIED;
}

pb::Timestamp ToProto(uow::UnitInfo::Time time) {
  const int64_t nanos = std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
  pb::Timestamp timestamp;
  timestamp.set_seconds(nanos / kNanosPerSecond);
  timestamp.set_nanos(static_cast<int32_t>(nanos % kNanosPerSecond));
  return timestamp;
}

v1::UnitOfWorkInfo ToProto(const uow::UnitInfo& info) {
  v1::UnitOfWorkInfo proto;
  proto.set_id(info.id);
  proto.set_state(ToProto(info.state));
  proto.set_label(info.label);
  proto.mutable_transaction()->set_isolation(ToProto(info.mode.isolation));
  proto.mutable_transaction()->set_read_only(info.mode.read_only);
  proto.mutable_transaction()->set_deferrable(info.mode.deferrable);
  proto.set_server(info.server);
  proto.set_caller(info.caller);
  *proto.mutable_begin_time() = ToProto(info.begin_time);
  *proto.mutable_expire_time() = ToProto(info.expire_time);
  *proto.mutable_total_expire_time() = ToProto(info.total_expire_time);
  for (const std::string& name : info.savepoints) proto.add_savepoints(name);
  proto.set_calls(info.calls);
  proto.set_running(info.running);
  proto.set_failure(info.failure);
  proto.set_end(ToProto(info.end));
  if (info.end != uow::EndCause::kNone) *proto.mutable_end_time() = ToProto(info.end_time);
  return proto;
}

}  // namespace rowkeeper::wire
