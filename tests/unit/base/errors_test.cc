#include "server/base/errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "google/rpc/error_details.pb.h"
#include "server/base/bulk_errors.h"
#include "server/base/database_errors.h"
#include "server/base/error_details.h"
#include "server/base/idempotency_errors.h"
#include "server/base/identity_errors.h"
#include "server/base/load_errors.h"
#include "server/base/memory_budget.h"
#include "server/base/query_errors.h"
#include "server/base/relation_errors.h"
#include "server/base/row_errors.h"
#include "server/base/stream_errors.h"
#include "server/base/trigger_errors.h"
#include "server/base/unit_of_work_errors.h"

namespace rowkeeper {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

template <typename Detail>
Detail DetailOf(const absl::Status& status) {
  Detail detail;
  const auto payload = status.GetPayload("type.googleapis.com/" + std::string(Detail::descriptor()->full_name()));
  EXPECT_TRUE(payload.has_value()) << status;
  EXPECT_TRUE(detail.ParseFromString(std::string(payload.value_or(absl::Cord()))));
  return detail;
}

std::string Message(const absl::Status& status) { return std::string(status.message()); }

TEST(FieldViolationsTest, NoViolationIsOk) { EXPECT_TRUE(FieldViolations().ToStatus().ok()); }

TEST(FieldViolationsTest, AllViolationsAreReportedAtOnce) {
  FieldViolations violations;
  violations.Add("todo.title", "is too long");
  violations.Add("todo.owner_id", "is not a UUID");
  const absl::Status status = violations.ToStatus();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ErrorReason(status), "INVALID_FIELD");
  EXPECT_EQ(Message(status), "todo.title: is too long; todo.owner_id: is not a UUID");
  const auto details = DetailOf<google::rpc::BadRequest>(status);
  ASSERT_EQ(details.field_violations_size(), 2);
  EXPECT_EQ(details.field_violations(1).field(), "todo.owner_id");
  EXPECT_EQ(details.field_violations(1).description(), "is not a UUID");
}

TEST(FieldViolationsTest, ALongListIsCutInTheMessageOnly) {
  FieldViolations violations;
  for (int i = 0; i < 12; ++i) violations.Add("f" + std::to_string(i), "is wrong");
  const absl::Status status = violations.ToStatus();
  EXPECT_THAT(Message(status), HasSubstr("f4: is wrong; and 7 more"));
  EXPECT_EQ(DetailOf<google::rpc::BadRequest>(status).field_violations_size(), 12);
}

TEST(ErrorsTest, DatabaseCodeIsNamedByWhatIsKnownOfIt) {
  DatabaseRefusal refusal;
  EXPECT_THAT(Message(RefusedByTrigger(refusal)), HasSubstr("refused this call; ask the database's owner"));
  refusal.entity = "e.E";
  refusal.sqlstate = "AB123";
  refusal.function = "f()";
  refusal.constraint = "c";
  refusal.table = "t";
  EXPECT_THAT(Message(TriggerFailed(refusal)),
              HasSubstr("failed (SQLSTATE AB123, f(), constraint c of t) and so undid this change of e.E"));
  EXPECT_THAT(Message(RefusedByOtherTable(refusal)), HasSubstr("also writes rows of the table t, which refused them"));
  refusal.message = "not enough";
  EXPECT_THAT(Message(RefusedByTrigger(refusal)), HasSubstr("of t): not enough"));
  for (const absl::Status& status : {RefusedByTrigger(refusal), TriggerFailed(refusal), RefusedByOtherTable(refusal)}) {
    EXPECT_EQ(ErrorReason(status), "TRIGGER_REFUSED");
  }
}

TEST(ErrorsTest, UnknownOutcomeOfATransactionSaysHowToAskForIt) {
  const absl::Status status = TransactionOutcomeUnknown("730");
  EXPECT_EQ(ErrorReason(status), "COMMIT_OUTCOME_UNKNOWN");
  EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(status).metadata().at("transaction_id"), "730");
  EXPECT_THAT(Message(status), HasSubstr("SELECT pg_xact_status('730')"));
}

TEST(ErrorsTest, OutcomeOfAUnitThatWentWithItsServerHasItsCause) {
  const absl::Status status = UnitOutcomeUnknown(UnitOfWorkLostInRestart());
  EXPECT_EQ(ErrorReason(status), "COMMIT_OUTCOME_UNKNOWN");
  EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(status).metadata().at("cause"), "SERVER_RESTARTED");
  EXPECT_THAT(Message(status), HasSubstr("read the rows before you write again"));
}

TEST(ErrorsTest, AValueThatCannotBeSentIsNamedByEntityKeyAndField) {
  const absl::Status error = UnrepresentableValue(StoredValue{"e.E", "id 1", "tags[2]"}, "it is NULL");
  EXPECT_EQ(std::string(error.message()),
            "tags[2] of the e.E with id 1: the stored value cannot be sent: it is NULL; correct it in the database");
  EXPECT_EQ(ErrorReason(error), ErrorReason(UnrepresentableValue("f", "p")));
  EXPECT_EQ(ErrorMetadataValue(error, "entity"), "e.E");
  EXPECT_EQ(ErrorMetadataValue(error, "key"), "id 1");
  EXPECT_EQ(ErrorMetadataValue(error, "field"), "tags[2]");
  EXPECT_EQ(std::string(UnrepresentableValue(StoredValue{"", "row 2 of the result", "q.Row.due"}, "p").message()),
            "q.Row.due, row 2 of the result: the stored value cannot be sent: p; correct it in the database");
}

TEST(ErrorsTest, EveryErrorHasItsCodeReasonAndDomain) {
  using Code = absl::StatusCode;
  const struct {
    absl::Status status;
    Code code;
    const char* reason;
    bool retry;
  } cases[] = {
      {InvalidField("f", "d"), Code::kInvalidArgument, "INVALID_FIELD", false},
      {MalformedRequest("m.M", "cut short"), Code::kInvalidArgument, "MALFORMED_REQUEST", false},
      {InvalidHeader("h", "d"), Code::kInvalidArgument, "INVALID_HEADER", false},
      {BatchTooLarge("ids", "p", Limit::kMaxBatchRows, "1000 rows"), Code::kInvalidArgument, "BATCH_TOO_LARGE", false},
      {ReadTooLarge("read_mask", "p", "r", Limit::kMaxRelations, "32"), Code::kInvalidArgument, "READ_TOO_LARGE",
       false},
      {IdempotencyKeyReused("k"), Code::kInvalidArgument, "IDEMPOTENCY_KEY_REUSED", false},
      {IdempotencyKeyOfAnotherRelease("k"), Code::kFailedPrecondition, "IDEMPOTENCY_KEY_OTHER_RELEASE", false},
      {RowNotFound("e.E", "id 1"), Code::kNotFound, "ROW_NOT_FOUND", false},
      {RowNotDeleted("e.E", "id 1"), Code::kAlreadyExists, "ROW_NOT_DELETED", false},
      {AlreadyExists("e.E", "uq", {"a"}), Code::kAlreadyExists, "UNIQUE_VIOLATION", false},
      {ReferenceViolation("e.E", "fk", "f", "r.R"), Code::kFailedPrecondition, "REFERENCE_VIOLATION", false},
      {VersionMismatch("e.E", 3), Code::kAborted, "VERSION_MISMATCH", false},
      {SerializationFailure(), Code::kAborted, "SERIALIZATION_FAILURE", true},
      {Deadlock(), Code::kAborted, "DEADLOCK", true},
      {LockTimeout(), Code::kAborted, "LOCK_TIMEOUT", true},
      {DeadlineExceeded("waiting"), Code::kDeadlineExceeded, "DEADLINE_EXCEEDED", false},
      {StatementTimeout(), Code::kDeadlineExceeded, "STATEMENT_TIMEOUT", false},
      {Cancelled(), Code::kCancelled, "CANCELLED", false},
      {EndedByOperator(), Code::kCancelled, "ENDED_BY_OPERATOR", false},
      {LimitReached(Reason::kPoolTimeout, "w", Limit::kPoolTimeout, "30 s"), Code::kResourceExhausted, "POOL_TIMEOUT",
       true},
      {LimitReached(Reason::kQueueFull, "w", Limit::kQueueLimit, "1"), Code::kResourceExhausted, "QUEUE_FULL", true},
      {DeadlineUnreachable(std::chrono::milliseconds(2), std::chrono::milliseconds(1)), Code::kResourceExhausted,
       "DEADLINE_UNREACHABLE", true},
      {Overloaded(Limit::kQueueTarget, std::chrono::milliseconds(1), std::chrono::milliseconds(2)),
       Code::kResourceExhausted, "OVERLOADED", true},
      {LimitReached(Reason::kCallerLimit, "w", Limit::kCallsPerCaller, "1"), Code::kResourceExhausted, "CALLER_LIMIT",
       true},
      {LimitReached(Reason::kStreamLimit, "w", Limit::kMaxStreams, "1"), Code::kResourceExhausted, "STREAM_LIMIT",
       true},
      {LimitReached(Reason::kUnitOfWorkLimit, "w", Limit::kUnitShare, "1"), Code::kResourceExhausted,
       "UNIT_OF_WORK_LIMIT", true},
      {LimitReached(Reason::kUnitOfWorkCallerLimit, "w", Limit::kUnitsPerCaller, "1"), Code::kResourceExhausted,
       "UNIT_OF_WORK_CALLER_LIMIT", true},
      {LimitReached(Reason::kUnitOfWorkSavepoints, "w", Limit::kUnitSavepoints, "1"), Code::kResourceExhausted,
       "UNIT_OF_WORK_SAVEPOINTS", true},
      {ResponseTooLarge(2, 1, "c"), Code::kResourceExhausted, "RESPONSE_TOO_LARGE", false},
      {MemoryFull(MemoryBudget(1), MemoryBudget::Use::kResults), Code::kResourceExhausted, "MEMORY_FULL", true},
      {RelatedRowsTooLarge("r", 1), Code::kResourceExhausted, "RELATED_ROWS_TOO_LARGE", false},
      {TooManyRows("m", 1, "c"), Code::kResourceExhausted, "TOO_MANY_ROWS", false},
      {MoreThanOneRow("m", "c"), Code::kFailedPrecondition, "MORE_THAN_ONE_ROW", false},
      {MaxAffectedExceeded("e.E", 1), Code::kFailedPrecondition, "MAX_AFFECTED_EXCEEDED", false},
      {ElementNotTried(Deadlock()), Code::kUnavailable, "NOT_TRIED", false},
      {DatabaseExhausted(), Code::kResourceExhausted, "DATABASE_RESOURCES", true},
      {DatabaseUnavailable(), Code::kUnavailable, "DATABASE_UNAVAILABLE", true},
      {CommitOutcomeUnknown(), Code::kUnknown, "COMMIT_OUTCOME_UNKNOWN", false},
      {SchemaMismatch("p", "r"), Code::kFailedPrecondition, "SCHEMA_MISMATCH", false},
      {RefusedByTrigger({}), Code::kFailedPrecondition, "TRIGGER_REFUSED", false},
      {IdentityRequired(IdentityProof::kEither), Code::kUnauthenticated, "IDENTITY_REQUIRED", false},
      {TenantRequired("s.S.M"), Code::kPermissionDenied, "TENANT_REQUIRED", false},
      {TokenInvalid(), Code::kUnauthenticated, "TOKEN_INVALID", false},
      {TokenExpired(), Code::kUnauthenticated, "TOKEN_EXPIRED", false},
      {MethodNotAllowed("shop.v1.R.Get"), Code::kPermissionDenied, "METHOD_NOT_ALLOWED", false},
      {FeatureNotAllowed("debug", "the header"), Code::kPermissionDenied, "FEATURE_NOT_ALLOWED", false},
      {FieldNotAllowed("shop.v1.Employee", "salary", "read"), Code::kPermissionDenied, "FIELD_NOT_ALLOWED", false},
      {DatabasePermission(), Code::kPermissionDenied, "DATABASE_PERMISSION", false},
      {UnrepresentableValue("f", "p"), Code::kFailedPrecondition, "UNREPRESENTABLE_VALUE", false},
      {Internal("w"), Code::kInternal, "INTERNAL", false},
      {PoolerUnfit("p"), Code::kFailedPrecondition, "POOLER_UNFIT", false},
      {CannotListen("127.0.0.1:1", "p"), Code::kFailedPrecondition, "CANNOT_LISTEN", false},
      {ShuttingDown(), Code::kUnavailable, "SHUTTING_DOWN", true},
      {UnitsOfWorkOff(), Code::kFailedPrecondition, "UNITS_OF_WORK_OFF", false},
      {UnitOfWorkNotFound(), Code::kNotFound, "UNIT_OF_WORK_NOT_FOUND", false},
      {UnitOfWorkElsewhere("a"), Code::kFailedPrecondition, "UNIT_OF_WORK_ELSEWHERE", false},
      {UnitOfWorkExpired("c", "w", "t"), Code::kAborted, "UNIT_OF_WORK_EXPIRED", false},
      {UnitOfWorkEnded("COMMITTED", "t"), Code::kFailedPrecondition, "UNIT_OF_WORK_ENDED", false},
      {UnitOfWorkBusy(Limit::kUnitBusyWait, "1"), Code::kAborted, "UNIT_OF_WORK_BUSY", true},
      {UnitOfWorkFailed(Deadlock(), "c"), Code::kFailedPrecondition, "UNIT_OF_WORK_FAILED", false},
      {UnitOfWorkReadOnly("m"), Code::kFailedPrecondition, "UNIT_OF_WORK_READ_ONLY", false},
      {UnitOfWorkSequence(1, 2), Code::kAborted, "UNIT_OF_WORK_SEQUENCE", false},
      {SavepointNotFound("s"), Code::kNotFound, "SAVEPOINT_NOT_FOUND", false},
      {ValueMissing("v", "c", "f"), Code::kFailedPrecondition, "VALUE_MISSING", false},
      {StreamIdle("1 s", "r"), Code::kAborted, "STREAM_IDLE", false},
      {StreamsOff(), Code::kFailedPrecondition, "STREAMS_OFF", false},
      {ServerStarting(), Code::kUnavailable, "SERVER_STARTING", false},
  };
  std::set<std::string> reasons;
  for (const auto& test : cases) {
    EXPECT_EQ(test.status.code(), test.code) << test.reason;
    const auto info = DetailOf<google::rpc::ErrorInfo>(test.status);
    EXPECT_EQ(info.reason(), test.reason);
    EXPECT_EQ(info.domain(), kErrorDomain);
    EXPECT_TRUE(reasons.insert(info.reason()).second) << "two errors share " << info.reason();
    EXPECT_EQ(test.status.GetPayload("type.googleapis.com/google.rpc.RetryInfo").has_value(), test.retry)
        << test.reason;
    if (const std::string limit = ErrorMetadataValue(test.status, "limit"); !limit.empty()) {
      EXPECT_TRUE(LimitFromName(limit).has_value()) << limit;
    }
  }
  for (size_t number = 0; number < kReasonCount; ++number) {
    const std::string name(ReasonName(static_cast<Reason>(number)));
    EXPECT_EQ(reasons.count(name), 1u) << name << " has no constructor here";
  }
}

TEST(ErrorsTest, ErrorsOfOneReasonHaveOneCode) {
  const std::vector<BatchItem> items = {{"ids[0]", "7"}};
  for (const absl::Status& status :
       {RowsNotFound("e.E", items), NoRow("m"), RowsNotDeleted("e.E", items), DeletedRowsExist("e.E", "uq", items),
        VersionMismatches("e.E", items), ParentIsDeleted("e.E", "fk", "f", "p.P"), UnitOfWorkLostInRestart(),
        UnitOfWorkOfAnotherRelease(), PurgeInterrupted(LockTimeout(), 3), ImportStopped(Deadlock(), 1, 0),
        QueryValueRefused("m", {}, "p"), LoginRefused(), DatabaseMissing(), InvalidRow("e.E", "p"),
        NotSeenYet("the table of e.E")}) {
    const std::optional<Reason> reason = ReasonOf(status);
    ASSERT_TRUE(reason.has_value()) << status;
    EXPECT_EQ(status.code(), CodeOf(*reason)) << status;
  }
}

TEST(ErrorsTest, RetryDelaysAreBetweenOneMillisecondAndTwoSeconds) {
  for (const absl::Status& status :
       {Deadlock(), DatabaseUnavailable(), NotSeenYet("t"), ShuttingDown(), SerializationFailure()}) {
    const auto delay = DetailOf<google::rpc::RetryInfo>(status).retry_delay();
    const int64_t nanos = delay.seconds() * 1000000000 + delay.nanos();
    EXPECT_GE(nanos, 1000000);
    EXPECT_LE(nanos, 2000000000);
  }
}

TEST(ErrorsTest, MissingRowIsNamedAsTheCallerNamedIt) {
  const absl::Status status = RowNotFound("planner.v1.Todo", "id 0b52");
  EXPECT_EQ(Message(status), "there is no planner.v1.Todo with id 0b52");
  const auto resource = DetailOf<google::rpc::ResourceInfo>(status);
  EXPECT_EQ(resource.resource_type(), "planner.v1.Todo");
  EXPECT_EQ(resource.resource_name(), "id 0b52");
}

TEST(ErrorsTest, ReferenceViolationDistinguishesItsTwoSides) {
  const absl::Status to = ReferenceViolation("planner.v1.Todo", "fk", "owner_id", "planner.v1.Profile");
  EXPECT_THAT(Message(to), HasSubstr("owner_id: there is no planner.v1.Profile"));
  EXPECT_EQ(DetailOf<google::rpc::PreconditionFailure>(to).violations(0).subject(), "planner.v1.Todo.owner_id");
  const absl::Status from = ReferenceViolation("planner.v1.Todo", "fk", "", "planner.v1.Profile");
  EXPECT_THAT(Message(from), HasSubstr("this planner.v1.Profile is still referenced by rows of planner.v1.Todo"));
}

TEST(ErrorsTest, UniqueViolationNamesTheFieldsOfTheConstraint) {
  const absl::Status status = AlreadyExists("a.Article", "uq_article", {"slug", "locale"});
  EXPECT_THAT(Message(status), HasSubstr("there is already a a.Article with this slug and locale"));
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  EXPECT_EQ(info.metadata().at("fields"), "slug, locale");
  EXPECT_EQ(info.metadata().at("constraint"), "uq_article");
}

TEST(ErrorsTest, HugeOrBrokenTextOfTheCallerIsShownShortAndAsUtf8) {
  const absl::Status status = RowNotFound("e.E", "id \xFF" + std::string(100000, 'x'));
  EXPECT_LT(status.message().size(), 300u);
  EXPECT_THAT(Message(status), HasSubstr("id \xEF\xBF\xBDxxx"));
}

TEST(ErrorsTest, InternalErrorsCarryAFreshLogId) {
  const absl::Status status = Internal("the plan has no key");
  EXPECT_EQ(ErrorLogId(status).size(), 16u);
  EXPECT_THAT(Message(status), HasSubstr(ErrorLogId(status)));
  EXPECT_NE(ErrorLogId(status), ErrorLogId(Internal("the plan has no key")));
  EXPECT_THAT(ErrorLogId(Deadlock()), IsEmpty());
}

TEST(ErrorsTest, FieldsOfAnErrorCanBePutUnderAnother) {
  const absl::Status status = WithFieldsUnder(InvalidField("slug", "is too long"), "calls[1].request");
  EXPECT_EQ(DetailOf<google::rpc::BadRequest>(status).field_violations(0).field(), "calls[1].request.slug");
  EXPECT_EQ(DetailOf<google::rpc::BadRequest>(status).field_violations(0).description(), "is too long");
  EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(status).metadata().at("field"), "calls[1].request.slug");
  EXPECT_EQ(ErrorReason(status), "INVALID_FIELD");
  const absl::Status none = WithFieldsUnder(InvalidField("", "is wrong"), "calls[1].request");
  EXPECT_EQ(DetailOf<google::rpc::BadRequest>(none).field_violations(0).field(), "calls[1].request");
  EXPECT_EQ(WithFieldsUnder(Deadlock(), "calls[1].request"), Deadlock());
}

TEST(ErrorsTest, WhatIsBelowAnElementStaysThere) {
  const auto fields = [](const absl::Status& status) { return ErrorFields(OfElement(status, "todos[2]")); };
  EXPECT_THAT(fields(InvalidField("title", "d")), ElementsAre("todos[2].title"));
  EXPECT_THAT(fields(InvalidField("todos[2].title", "d")), ElementsAre("todos[2].title"));
  EXPECT_THAT(fields(InvalidField("todos[2]", "d")), ElementsAre("todos[2]"));
  EXPECT_THAT(fields(InvalidField("todos[22].title", "d")), ElementsAre("todos[2].todos[22].title"));
  EXPECT_EQ(OfElement(Deadlock(), "todos[2]"), Deadlock());
}

TEST(FieldViolationsTest, ThoseOfAnErrorAreGatheredBelowAPrefix) {
  FieldViolations violations;
  violations.AddUnder("calls[0]", absl::OkStatus());
  EXPECT_TRUE(violations.empty());
  violations.AddUnder("calls[1]", InvalidField("slug", "is too long"));
  violations.AddUnder("calls[2]", InvalidField("", "is empty"));
  violations.AddUnder("calls[3]", InvalidHeader("h", "is odd"));
  EXPECT_EQ(Message(violations.ToStatus()),
            "calls[1].slug: is too long; calls[2]: is empty; calls[3]: header h: is odd");
}

TEST(ErrorsTest, TheProblemOfOneFieldCanBeTold) {
  EXPECT_EQ(ProblemOfField(InvalidField("p.Todo", "is: odd"), "p.Todo"), "is: odd");
  EXPECT_EQ(ProblemOfField(InvalidField("title", "is odd"), "p.Todo"), std::nullopt);
  EXPECT_EQ(ProblemOfField(Deadlock(), "p.Todo"), std::nullopt);
  FieldViolations two;
  two.Add("p.Todo", "is odd");
  two.Add("title", "is odd");
  EXPECT_EQ(ProblemOfField(two.ToStatus(), "p.Todo"), std::nullopt) << "it is about more";
}

TEST(ErrorsTest, OtherWordsLeaveCodeAndDetails) {
  const absl::Status status = WithMessage(Deadlock(), "in other words");
  EXPECT_EQ(Message(status), "in other words");
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ReasonOf(status), Reason::kDeadlock);
  EXPECT_TRUE(FindDetail<google::rpc::RetryInfo>(status).has_value());
}

TEST(ErrorsTest, ALimitIsNamedInTheMetadataAndInWords) {
  const absl::Status status = LimitReached(Reason::kQueueFull, "calls wait", Limit::kQueueLimit, "3 calls");
  EXPECT_EQ(Message(status), "calls wait (queue-limit is 3 calls); try again later, or raise the limit on the server");
  EXPECT_EQ(ErrorMetadataValue(status, "limit"), "queue-limit");
  EXPECT_EQ(ErrorMetadataValue(status, "value"), "3 calls");
  const absl::Status fixed = LimitReached(Reason::kUnitOfWorkSavepoints, "too many", Limit::kUnitSavepoints, "64");
  EXPECT_EQ(Message(fixed), "too many (unit-savepoints is 64); try again later") << "nobody can raise it";
}

TEST(ErrorsTest, ManyElementsAreListedAsFarAsATrailerHolds) {
  std::vector<BatchItem> items;
  for (int i = 0; i < 1000; ++i) items.push_back({"ids[" + std::to_string(i) + "]", "k"});
  const std::string elements = ErrorMetadataValue(RowsNotFound("e.E", items), "elements");
  EXPECT_THAT(elements, StartsWith("ids[0],ids[1],"));
  EXPECT_THAT(elements, EndsWith(",…"));
  EXPECT_LT(elements.size(), 2100u);
}

TEST(ErrorsTest, ForeignStatusHasNoReason) {
  EXPECT_THAT(ErrorReason(absl::OkStatus()), IsEmpty());
  EXPECT_THAT(ErrorReason(absl::NotFoundError("x")), IsEmpty());
}

}  // namespace
}  // namespace rowkeeper
