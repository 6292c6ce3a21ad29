#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "rowkeeper/v1/unit_of_work.pb.h"
#include "server/base/errors.h"
#include "server/sql/transaction_sql.h"
#include "server/uow/options.h"
#include "server/uow/unit_info.h"

/// Between the messages of rowkeeper.v1.UnitOfWork and what the server works with. What a request holds is checked as
/// far as it can be without the server's limits; mistakes are violations of the request's field.
namespace rowkeeper::wire {

/// A field of the request named `field` becomes the mode of a transaction.
sql::TransactionMode ReadMode(const v1::TransactionOptions& options, std::string_view field,
                              FieldViolations* violations);

/// Text that goes into logs and lists: at most `max_bytes` of UTF-8 without control characters.
void CheckName(std::string_view text, std::string_view field, size_t max_bytes, FieldViolations* violations);

absl::StatusOr<uow::BeginOptions> ReadBegin(const v1::BeginRequest& request);

v1::UnitOfWorkState ToProto(uow::UnitState state);
google::protobuf::Timestamp ToProto(uow::UnitInfo::Time time);
v1::UnitOfWorkInfo ToProto(const uow::UnitInfo& info);

}  // namespace rowkeeper::wire
