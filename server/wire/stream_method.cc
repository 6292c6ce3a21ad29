#include "server/wire/stream_method.h"

#include <utility>

#include "server/observe/counters.h"
#include "server/wire/export_method.h"
#include "server/wire/import_method.h"

namespace rowkeeper::wire {

StreamMethod::StreamMethod(const plan::MethodPlan* plan, const StreamBackend* backend)
    : plan_(plan),
      backend_(backend),
      served_{plan->full_name, plan->entity->full_name, observe::Counters::Process().Method(plan->full_name), true},
      serving_(backend->gate->StatusOf(*plan)),
      subject_(backend->policies == nullptr ? policy::Subject() : backend->policies->Of(plan->full_name)) {}

std::unique_ptr<const StreamMethod> StreamMethod::Make(const plan::MethodPlan* plan, const StreamBackend* backend) {
  if (plan::IsImport(*plan)) return std::make_unique<const ImportMethod>(plan, backend);
  return std::make_unique<const ExportMethod>(plan, backend);
}

std::vector<DynamicStream> ToDynamicStreams(const std::vector<std::unique_ptr<const StreamMethod>>& methods) {
  std::vector<DynamicStream> dynamic;
  for (const auto& method : methods) {
    dynamic.push_back({method->plan().path, [served = method.get()](StreamRpc rpc) { served->Serve(std::move(rpc)); },
                       &method->served(), method->subject()});
  }
  return dynamic;
}

}  // namespace rowkeeper::wire
