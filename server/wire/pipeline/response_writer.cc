#include "server/wire/pipeline/response_writer.h"

#include <variant>
#include <vector>

#include "server/base/errors.h"
#include "server/plan/query/query_plan.h"
#include "server/wire/query_encoder.h"
#include "server/wire/related_encoder.h"
#include "server/wire/unrepresentable_log.h"

namespace rowkeeper::wire {
namespace {

/// What an outcome says beside its rows; a batch's facts have an encoder of their own.
struct ToResponseFacts {
  codec::ResponseFacts operator()(const exec::RowFacts&) const { return {}; }
  codec::ResponseFacts operator()(const exec::BatchFacts&) const { return {}; }
  codec::ResponseFacts operator()(const exec::PageFacts& page) const {
    codec::ResponseFacts facts;
    facts.next_page_token = page.next_page_token;
    facts.previous_page_token = page.previous_page_token;
    facts.total_size = page.total_size;
    return facts;
  }
  codec::ResponseFacts operator()(const exec::BulkFacts& bulk) const {
    codec::ResponseFacts facts;
    facts.affected = bulk.affected;
    facts.more = bulk.more;
    return facts;
  }
  codec::ResponseFacts operator()(const exec::QueryFacts& query) const {
    codec::ResponseFacts facts;
    facts.affected = query.affected;
    return facts;
  }
};

codec::ResponseFacts FactsOf(const exec::Outcome& outcome) { return std::visit(ToResponseFacts(), outcome.facts); }

}  // namespace

ResponseWriter::ResponseWriter(const plan::MethodPlan* plan, size_t max_bytes)
    : plan_(*plan),
      max_bytes_(max_bytes),
      response_encoder_(codec::ResponseEncoder::Compile(plan->response)),
      batch_encoder_(plan->batch.has_value() ? std::make_unique<const codec::BatchResponseEncoder>(*plan) : nullptr),
      row_encoders_(plan->entity),
      query_encoder_(plan->query == nullptr ? nullptr : codec::RowEncoder::Compile(plan->query->columns)) {}

absl::StatusOr<std::string> ResponseWriter::Write(const exec::Outcome& outcome) const {
  std::string response;
  absl::Status status = query_encoder_ != nullptr ? WriteQuery(outcome, &response) : WriteRows(outcome, &response);
  if (!status.ok()) LogIfUnrepresentable(plan_.full_name, status);
  if (status.ok() && batch_encoder_ != nullptr) {
    const auto& facts = std::get<exec::BatchFacts>(outcome.facts);
    status = batch_encoder_->Append(facts.missing, facts.writes, facts.results, &response);
  }
  if (!status.ok()) return status;
  return response;
}

absl::StatusOr<std::string> ResponseWriter::WriteWithinLimit(const exec::Outcome& outcome) const {
  absl::StatusOr<std::string> response = Write(outcome);
  if (!response.ok() || response->size() <= max_bytes_) return response;
  return ResponseTooLarge(response->size(), max_bytes_, "ask for fewer rows or fields");
}

absl::Status ResponseWriter::WriteQuery(const exec::Outcome& outcome, std::string* response) const {
  const std::vector<int> none;
  const QueryEncoder encoder(*query_encoder_, outcome.statement == nullptr ? none : outcome.statement->cells);
  return response_encoder_->Encode(outcome.rows, outcome.row_count, encoder, FactsOf(outcome), response);
}

absl::Status ResponseWriter::WriteRows(const exec::Outcome& outcome, std::string* response) const {
  const auto encoder = row_encoders_.For(outcome.statement.get());
  codec::ResponseFacts facts = FactsOf(outcome);
  codec::UnrepresentableRows left_out;
  if (outcome.skip_unrepresentable) facts.unrepresentable = &left_out;
  absl::Status status;
  if (outcome.related == nullptr) {
    status = response_encoder_->Encode(outcome.rows, outcome.row_count, *encoder, facts, response);
  } else {
    const RelatedEncoder related(*encoder, row_encoders_, *outcome.related, {max_bytes_, facts.unrepresentable});
    status = response_encoder_->Encode(outcome.rows, outcome.row_count, related, facts, response);
  }
  LogUnrepresentable(plan_.full_name, left_out);
  return status;
}

}  // namespace rowkeeper::wire
