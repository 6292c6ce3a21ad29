#include "server/wire/pipeline/run_and_encode.h"

#include <utility>

#include "server/base/verdict.h"
#include "server/exec/judged.h"
#include "server/wire/pipeline/row_notes.h"

namespace rowkeeper::wire {
namespace {

using Encoder = absl::StatusOr<std::string> (*)(const ResponseWriter&, const exec::Outcome&, db::Connection&,
                                                Exchange*);

Work RunThen(Encoder encode, const exec::Runner* runner, const ResponseWriter* writer, plan::Call call,
             const std::shared_ptr<Exchange>& exchange) {
  return [encode, runner, writer, exchange, call = std::make_shared<const plan::Call>(std::move(call))](
             db::Connection& connection, db::Cancellation* cancellation) -> absl::StatusOr<std::string> {
    const absl::StatusOr<exec::Outcome> outcome = runner->Run(*call, connection, cancellation);
    if (!outcome.ok()) return outcome.status();
    return encode(*writer, *outcome, connection, exchange.get());
  };
}

absl::StatusOr<std::string> EncodeAnySize(const ResponseWriter& writer, const exec::Outcome& outcome,
                                          db::Connection& /*connection*/, Exchange* exchange) {
  NoteOutcome(writer.plan(), outcome, exchange);
  return writer.Write(outcome);
}

absl::StatusOr<std::string> EncodeRead(const ResponseWriter& writer, const exec::Outcome& outcome,
                                       db::Connection& /*connection*/, Exchange* exchange) {
  return EncodeWithinLimit(writer, outcome, exchange);
}

/// A write that cannot be answered must not be committed: its transaction fails, as it does when a statement fails.
absl::StatusOr<std::string> EncodeWrite(const ResponseWriter& writer, const exec::Outcome& outcome,
                                        db::Connection& connection, Exchange* exchange) {
  absl::StatusOr<std::string> response = EncodeWithinLimit(writer, outcome, exchange);
  if (response.ok()) return response;
  if (!connection.in_transaction()) return ChangeWasMade(response.status());
  exec::FailTransaction(&connection);
  return ChangeIsUndone(response.status());
}

}  // namespace

absl::StatusOr<std::string> EncodeWithinLimit(const ResponseWriter& writer, const exec::Outcome& outcome,
                                              Exchange* exchange) {
  NoteOutcome(writer.plan(), outcome, exchange);
  return writer.WriteWithinLimit(outcome);
}

Work RunAndEncode(const exec::Runner* runner, const ResponseWriter* writer, plan::Call call,
                  const std::shared_ptr<Exchange>& exchange) {
  return RunThen(&EncodeAnySize, runner, writer, std::move(call), exchange);
}

Work RunAndEncodeWithinLimit(const exec::Runner* runner, const ResponseWriter* writer, plan::Call call,
                             const std::shared_ptr<Exchange>& exchange) {
  return RunThen(writer->plan().reads_only() ? &EncodeRead : &EncodeWrite, runner, writer, std::move(call), exchange);
}

}  // namespace rowkeeper::wire
