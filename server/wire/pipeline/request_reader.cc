#include "server/wire/pipeline/request_reader.h"

#include <string>
#include <utility>

#include "absl/strings/str_join.h"
#include "server/base/error_details.h"
#include "server/base/reason.h"
#include "server/base/utf8.h"
#include "server/observe/log.h"
#include "server/plan/query/bind.h"

namespace rowkeeper::wire {
namespace {

/// Of a line of the log.
constexpr size_t kMostLoggedRoles = 500;

}  // namespace

RequestOwner OwnerOf(identity::SharedIdentity identity) {
  if (identity == nullptr) return {};
  std::string name = identity::CallerName(*identity);
  std::string tenant = identity->tenant;
  return {std::move(name), std::move(tenant), std::move(identity)};
}

void LogDeniedField(const plan::MethodPlan& plan, const policy::FieldAccess& fields, const absl::Status& denied) {
  const identity::Identity* const caller = fields.caller();
  const std::string roles = caller == nullptr ? "" : absl::StrJoin(caller->roles, " ");
  observe::Log(observe::LogLevel::kWarning, "a list for a field refused a call",
               {{"method", plan.full_name},
                {"entity", ErrorMetadataValue(denied, "entity")},
                {"field", ErrorMetadataValue(denied, "field")},
                {"access", ErrorMetadataValue(denied, "access")},
                {"caller", caller == nullptr ? std::string_view() : std::string_view(caller->name)},
                {"roles", ShortenUtf8(roles, kMostLoggedRoles)}});
}

RequestReader::RequestReader(const plan::MethodPlan* plan, const RequestLimits& limits, Shared shared)
    : plan_(*plan), limits_(limits), shared_(std::move(shared)) {}

absl::StatusOr<plan::Call> RequestReader::Read(std::string_view bytes, RequestOwner owner) const {
  plan::Request request;
  if (absl::Status status = Decode(bytes, &request); !status.ok()) return status;
  GiveTo(std::move(owner), &request);
  return Bind(std::move(request));
}

absl::Status RequestReader::Decode(std::string_view bytes, plan::Request* request) const {
  const codec::RequestDecoder& decoder =
      decoder_.Get([this] { return codec::RequestDecoder::Compile(plan_, limits_.batches, shared_.shapes); });
  return decoder.Decode(bytes, request);
}

void RequestReader::GiveTo(RequestOwner owner, plan::Request* request) const {
  request->owner = std::move(owner.name);
  request->tenant = std::move(owner.tenant);
  if (shared_.policies != nullptr) request->fields = shared_.policies->FieldsOf(std::move(owner.identity));
}

absl::StatusOr<plan::Call> RequestReader::Bind(plan::Request request) const {
  const policy::FieldAccess fields = request.fields;
  absl::StatusOr<plan::Call> call = plan::Bind(plan_, std::move(request), limits_.pages, *shared_.tokens);
  if (!call.ok()) {
    if (ReasonOf(call.status()) == Reason::kFieldNotAllowed) LogDeniedField(plan_, fields, call.status());
    return call;
  }
  if (plan_.family() == catalogue::Family::kQuery) plan::LimitQuery(limits_.query_rows, &*call);
  if (plan_.family() != catalogue::Family::kBulk) return call;
  if (absl::Status status = plan::LimitBulk(limits_.bulk, &*call); !status.ok()) return status;
  return call;
}

}  // namespace rowkeeper::wire
