#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <optional>
#include <type_traits>

namespace rowkeeper::catalogue {

/// The value of a Rowkeeper option on `element` (a file, message, field, enum value, service or method), or nullopt when it
/// is not set. In a pool made at run time custom options are unknown fields, so the options' bytes are parsed again with
/// the generated type, which knows them.
template <typename Element, typename Extension>
auto ReadOption(const Element& element, const Extension& extension) {
  using Options = std::decay_t<decltype(element.options())>;
  using Value = std::decay_t<decltype(std::declval<const Options&>().GetExtension(extension))>;
  Options options;
  options.ParseFromString(element.options().SerializeAsString());
  if (!options.HasExtension(extension)) return std::optional<Value>();
  return std::optional<Value>(options.GetExtension(extension));
}

}  // namespace rowkeeper::catalogue
