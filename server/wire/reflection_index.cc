#include "server/wire/reflection_index.h"

#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "server/base/text.h"

namespace rowkeeper::wire {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::ServiceDescriptor;

void ReflectionIndex::AddFile(const FileDescriptor& file) {
  const FileIndex index = files_.size();
  if (!by_name_.emplace(file.name(), index).second) return;
  google::protobuf::FileDescriptorProto proto;
  file.CopyTo(&proto);
  file.CopyJsonNameTo(&proto);
  files_.push_back({file.name(), proto.SerializeAsString(), {proto.dependency().begin(), proto.dependency().end()}});
  for (int i = 0; i < file.message_type_count(); ++i) AddMessage(*file.message_type(i), index);
  for (int i = 0; i < file.enum_type_count(); ++i) AddEnum(*file.enum_type(i), index);
  for (int i = 0; i < file.extension_count(); ++i) AddExtension(*file.extension(i), index);
  for (int i = 0; i < file.service_count(); ++i) AddService(*file.service(i), index);
  for (int i = 0; i < file.dependency_count(); ++i) AddFile(*file.dependency(i));
}

void ReflectionIndex::AddMessage(const Descriptor& message, FileIndex file) {
  AddSymbol(message.full_name(), file);
  extensions_.try_emplace(message.full_name());
  for (int i = 0; i < message.field_count(); ++i) AddSymbol(message.field(i)->full_name(), file);
  for (int i = 0; i < message.oneof_decl_count(); ++i) AddSymbol(message.oneof_decl(i)->full_name(), file);
  for (int i = 0; i < message.nested_type_count(); ++i) AddMessage(*message.nested_type(i), file);
  for (int i = 0; i < message.enum_type_count(); ++i) AddEnum(*message.enum_type(i), file);
  for (int i = 0; i < message.extension_count(); ++i) AddExtension(*message.extension(i), file);
}

void ReflectionIndex::AddEnum(const EnumDescriptor& type, FileIndex file) {
  AddSymbol(type.full_name(), file);
  for (int i = 0; i < type.value_count(); ++i) AddSymbol(type.value(i)->full_name(), file);
}

void ReflectionIndex::AddExtension(const FieldDescriptor& extension, FileIndex file) {
  AddSymbol(extension.full_name(), file);
  extensions_[extension.containing_type()->full_name()].emplace(extension.number(), file);
}

void ReflectionIndex::AddService(const ServiceDescriptor& service, FileIndex file) {
  AddSymbol(service.full_name(), file);
  for (int i = 0; i < service.method_count(); ++i) AddSymbol(service.method(i)->full_name(), file);
}

const ReflectionIndex::File* ReflectionIndex::FindFile(std::string_view name) const {
  const auto found = by_name_.find(ToAbsl(name));
  return found == by_name_.end() ? nullptr : &files_[found->second];
}

const ReflectionIndex::File* ReflectionIndex::FindSymbol(std::string_view full_name) const {
  const auto found = symbols_.find(ToAbsl(full_name));
  return found == symbols_.end() ? nullptr : &files_[found->second];
}

const ReflectionIndex::File* ReflectionIndex::FindExtension(std::string_view containing_type, int32_t number) const {
  const auto type = extensions_.find(ToAbsl(containing_type));
  if (type == extensions_.end()) return nullptr;
  const auto found = type->second.find(number);
  return found == type->second.end() ? nullptr : &files_[found->second];
}

bool ReflectionIndex::HasMessage(std::string_view full_name) const { return extensions_.contains(ToAbsl(full_name)); }

std::vector<int32_t> ReflectionIndex::ExtensionNumbers(std::string_view containing_type) const {
  std::vector<int32_t> numbers;
  const auto type = extensions_.find(ToAbsl(containing_type));
  if (type == extensions_.end()) return numbers;
  for (const auto& [number, file] : type->second) numbers.push_back(number);
  return numbers;
}

}  // namespace rowkeeper::wire
