#include "server/wire/pipeline/request_reader.h"

#include <utility>

#include "server/plan/query/bind.h"

namespace rowkeeper::wire {

RequestOwner OwnerOf(const identity::Identity* identity) {
  if (identity == nullptr) return {};
  return {identity::CallerName(*identity), identity->tenant};
}

RequestReader::RequestReader(const plan::MethodPlan* plan, const RequestLimits& limits, const plan::PageTokens* tokens,
                             codec::SharedShapes shapes)
    : plan_(*plan), limits_(limits), tokens_(*tokens), shapes_(std::move(shapes)) {}

absl::StatusOr<plan::Call> RequestReader::Read(std::string_view bytes, RequestOwner owner) const {
  plan::Request request;
  if (absl::Status status = Decode(bytes, &request); !status.ok()) return status;
  request.owner = std::move(owner.name);
  request.tenant = std::move(owner.tenant);
  return Bind(std::move(request));
}

absl::Status RequestReader::Decode(std::string_view bytes, plan::Request* request) const {
  const codec::RequestDecoder& decoder =
      decoder_.Get([this] { return codec::RequestDecoder::Compile(plan_, limits_.batches, shapes_); });
  return decoder.Decode(bytes, request);
}

absl::StatusOr<plan::Call> RequestReader::Bind(plan::Request request) const {
  absl::StatusOr<plan::Call> call = plan::Bind(plan_, std::move(request), limits_.pages, tokens_);
  if (call.ok() && plan_.family() == catalogue::Family::kQuery) plan::LimitQuery(limits_.query_rows, &*call);
  if (!call.ok() || plan_.family() != catalogue::Family::kBulk) return call;
  if (absl::Status status = plan::LimitBulk(limits_.bulk, &*call); !status.ok()) return status;
  return call;
}

}  // namespace rowkeeper::wire
