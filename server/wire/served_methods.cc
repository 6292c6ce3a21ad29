#include "server/wire/served_methods.h"

#include <optional>
#include <string_view>

#include "server/uow/units_of_work.h"
#include "server/wire/headers.h"
#include "server/wire/rpc_context.h"

namespace rowkeeper::wire {

SharedMethods ServedMethods::Get() const {
  const absl::ReaderMutexLock lock(&mutex_);
  return methods_;
}

SharedMethods ServedMethods::Replace(SharedMethods next) {
  const absl::MutexLock lock(&mutex_);
  replaced_ = true;
  methods_.swap(next);
  return next;
}

SharedMethods ServedMethods::OfUnit(const grpc::CallbackServerContext& context) const {
  const uow::UnitsOfWork* const units = units_ == nullptr ? nullptr : units_->get();
  const std::optional<std::string_view> handle = FindHeader(context, kUnitOfWorkHeader);
  if (units == nullptr || !handle.has_value()) return nullptr;
  return std::static_pointer_cast<const MethodTable>(units->CatalogueOf(*handle));
}

ServedMethods::Found ServedMethods::Find(std::string_view path, const grpc::CallbackServerContext& context) const {
  Found found;
  bool replaced = false;
  {
    const absl::ReaderMutexLock lock(&mutex_);
    found.methods = methods_;
    replaced = replaced_;
  }
  if (!replaced) return found;
  SharedMethods of_unit = OfUnit(context);
  if (of_unit == nullptr || of_unit == found.methods) return found;
  if (!HeedRulesOf(*of_unit, *found.methods)) return found;
  if (of_unit->FindMethod(path) == nullptr && of_unit->FindStream(path) == nullptr) return found;
  found.newer = std::exchange(found.methods, std::move(of_unit));
  return found;
}

}  // namespace rowkeeper::wire
