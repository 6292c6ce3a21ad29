#include "server/wire/pipeline/response_writer.h"

#include <algorithm>
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

/// About the bytes that the rows will take: enough for most columns, whose tags and lengths take two to four.
size_t BytesFor(const db::Rows& rows, int count) {
  constexpr size_t kBesideText = 4;
  size_t bytes = 16;
  for (int row = 0; row < count; ++row) {
    for (int column = 0; column < rows.columns(); ++column) bytes += rows.cell(row, column).size() + kBesideText;
  }
  return bytes;
}

codec::ResponseFacts FactsOf(const exec::Outcome& outcome) { return std::visit(ToResponseFacts(), outcome.facts); }

}  // namespace

ResponseWriter::Encoders::Encoders(const plan::MethodPlan& plan, const SharedCodecs* shared)
    : response(codec::ResponseEncoder::Compile(plan.response)),
      batch(plan.batch.has_value() ? std::make_unique<const codec::BatchResponseEncoder>(plan, shared->shapes())
                                   : nullptr),
      rows(plan.entity, shared),
      query(plan.query == nullptr ? nullptr : codec::RowEncoder::Compile(plan.query->columns, shared->shapes())) {}

ResponseWriter::ResponseWriter(const plan::MethodPlan* plan, size_t max_bytes, const SharedCodecs* shared)
    : plan_(*plan), max_bytes_(max_bytes), shared_(shared) {}

absl::StatusOr<std::string> ResponseWriter::Write(const exec::Outcome& outcome) const {
  const Encoders& encoders = encoders_.Get([this] { return std::make_unique<const Encoders>(plan_, shared_); });
  std::string response;
  response.reserve(std::min(BytesFor(outcome.rows, outcome.row_count), max_bytes_));
  absl::Status status =
      encoders.query != nullptr ? WriteQuery(encoders, outcome, &response) : WriteRows(encoders, outcome, &response);
  if (!status.ok()) LogIfUnrepresentable(plan_.full_name, status);
  if (status.ok() && encoders.batch != nullptr) {
    const auto& facts = std::get<exec::BatchFacts>(outcome.facts);
    status = encoders.batch->Append(facts.missing, facts.writes, facts.results, &response);
  }
  if (!status.ok()) return status;
  return response;
}

absl::StatusOr<std::string> ResponseWriter::WriteWithinLimit(const exec::Outcome& outcome) const {
  absl::StatusOr<std::string> response = Write(outcome);
  if (!response.ok() || response->size() <= max_bytes_) return response;
  return ResponseTooLarge(response->size(), max_bytes_, "ask for fewer rows or fields");
}

absl::Status ResponseWriter::WriteQuery(const Encoders& encoders, const exec::Outcome& outcome,
                                        std::string* response) const {
  const std::vector<int> none;
  const QueryEncoder encoder(*encoders.query, outcome.statement == nullptr ? none : outcome.statement->cells);
  return encoders.response->Encode(outcome.rows, outcome.row_count, encoder, FactsOf(outcome), response);
}

absl::Status ResponseWriter::WriteRows(const Encoders& encoders, const exec::Outcome& outcome,
                                       std::string* response) const {
  const auto encoder = encoders.rows.For(outcome.statement.get());
  codec::ResponseFacts facts = FactsOf(outcome);
  codec::UnrepresentableRows left_out;
  if (outcome.skip_unrepresentable) facts.unrepresentable = &left_out;
  absl::Status status;
  if (outcome.related == nullptr) {
    status = encoders.response->Encode(outcome.rows, outcome.row_count, *encoder, facts, response);
  } else {
    const RelatedEncoder related(*encoder, encoders.rows, *outcome.related, {max_bytes_, facts.unrepresentable});
    status = encoders.response->Encode(outcome.rows, outcome.row_count, related, facts, response);
  }
  LogUnrepresentable(plan_.full_name, left_out);
  return status;
}

}  // namespace rowkeeper::wire
