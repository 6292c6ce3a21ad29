#include "server/wire/reflection_index.h"

#include <algorithm>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "server/base/text.h"

namespace rowkeeper::wire {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::ServiceDescriptor;

namespace {

/// nullptr when the pool has no such symbol. A package is none.
const FileDescriptor* FileOfSymbol(const DescriptorPool& pool, const std::string& name) {
  if (const auto* message = pool.FindMessageTypeByName(name)) return message->file();
  if (const auto* field = pool.FindFieldByName(name)) return field->file();
  if (const auto* method = pool.FindMethodByName(name)) return method->service()->file();
  if (const auto* service = pool.FindServiceByName(name)) return service->file();
  if (const auto* type = pool.FindEnumTypeByName(name)) return type->file();
  if (const auto* value = pool.FindEnumValueByName(name)) return value->type()->file();
  if (const auto* oneof = pool.FindOneofByName(name)) return oneof->containing_type()->file();
  if (const auto* extension = pool.FindExtensionByName(name)) return extension->file();
  return nullptr;
}

}  // namespace

void ReflectionIndex::AddFile(const FileDescriptor& file) {
  if (!by_name_.emplace(file.name(), &file).second) return;
  if (file.pool() == DescriptorPool::generated_pool()) {
    AddSymbols(file);
  } else if (std::find(complete_pools_.begin(), complete_pools_.end(), file.pool()) == complete_pools_.end()) {
    complete_pools_.push_back(file.pool());
  }
  for (int i = 0; i < file.message_type_count(); ++i) AddExtensions(*file.message_type(i));
  for (int i = 0; i < file.extension_count(); ++i) AddExtension(*file.extension(i));
  for (int i = 0; i < file.dependency_count(); ++i) AddFile(*file.dependency(i));
}

void ReflectionIndex::AddExtensions(const Descriptor& message) {
  for (int i = 0; i < message.nested_type_count(); ++i) AddExtensions(*message.nested_type(i));
  for (int i = 0; i < message.extension_count(); ++i) AddExtension(*message.extension(i));
}

void ReflectionIndex::AddExtension(const FieldDescriptor& extension) {
  extensions_[extension.containing_type()->full_name()].emplace(extension.number(), extension.file());
}

void ReflectionIndex::AddSymbols(const FileDescriptor& file) {
  for (int i = 0; i < file.message_type_count(); ++i) AddMessage(*file.message_type(i));
  for (int i = 0; i < file.enum_type_count(); ++i) AddEnum(*file.enum_type(i));
  for (int i = 0; i < file.extension_count(); ++i) symbols_.emplace(file.extension(i)->full_name(), &file);
  for (int i = 0; i < file.service_count(); ++i) AddService(*file.service(i));
}

void ReflectionIndex::AddMessage(const Descriptor& message) {
  const FileDescriptor* file = message.file();
  symbols_.emplace(message.full_name(), file);
  for (int i = 0; i < message.field_count(); ++i) symbols_.emplace(message.field(i)->full_name(), file);
  for (int i = 0; i < message.oneof_decl_count(); ++i) symbols_.emplace(message.oneof_decl(i)->full_name(), file);
  for (int i = 0; i < message.extension_count(); ++i) symbols_.emplace(message.extension(i)->full_name(), file);
  for (int i = 0; i < message.nested_type_count(); ++i) AddMessage(*message.nested_type(i));
  for (int i = 0; i < message.enum_type_count(); ++i) AddEnum(*message.enum_type(i));
}

void ReflectionIndex::AddEnum(const EnumDescriptor& type) {
  symbols_.emplace(type.full_name(), type.file());
  for (int i = 0; i < type.value_count(); ++i) symbols_.emplace(type.value(i)->full_name(), type.file());
}

void ReflectionIndex::AddService(const ServiceDescriptor& service) {
  symbols_.emplace(service.full_name(), service.file());
  for (int i = 0; i < service.method_count(); ++i) symbols_.emplace(service.method(i)->full_name(), service.file());
}

bool ReflectionIndex::Holds(const FileDescriptor* file) const {
  const auto found = by_name_.find(file->name());
  return found != by_name_.end() && found->second == file;
}

const ReflectionIndex::File* ReflectionIndex::FindFile(std::string_view name) const {
  const auto found = by_name_.find(ToAbsl(name));
  return found == by_name_.end() ? nullptr : found->second;
}

const ReflectionIndex::File* ReflectionIndex::FindSymbol(std::string_view full_name) const {
  for (const DescriptorPool* pool : complete_pools_) {
    const FileDescriptor* file = FileOfSymbol(*pool, std::string(full_name));
    if (file != nullptr && Holds(file)) return file;
  }
  const auto found = symbols_.find(ToAbsl(full_name));
  return found == symbols_.end() ? nullptr : found->second;
}

const ReflectionIndex::File* ReflectionIndex::FindExtension(std::string_view containing_type, int32_t number) const {
  const auto type = extensions_.find(ToAbsl(containing_type));
  if (type == extensions_.end()) return nullptr;
  const auto found = type->second.find(number);
  return found == type->second.end() ? nullptr : found->second;
}

bool ReflectionIndex::HasMessage(std::string_view full_name) const {
  if (extensions_.contains(ToAbsl(full_name))) return true;
  const FileDescriptor* file = FindSymbol(full_name);
  return file != nullptr && file->pool()->FindMessageTypeByName(std::string(full_name)) != nullptr;
}

std::vector<int32_t> ReflectionIndex::ExtensionNumbers(std::string_view containing_type) const {
  std::vector<int32_t> numbers;
  const auto type = extensions_.find(ToAbsl(containing_type));
  if (type == extensions_.end()) return numbers;
  for (const auto& [number, file] : type->second) numbers.push_back(number);
  return numbers;
}

std::string ReflectionIndex::Serialize(const FileDescriptor& file) {
  google::protobuf::FileDescriptorProto proto;
  file.CopyTo(&proto);
  file.CopyJsonNameTo(&proto);
  return proto.SerializeAsString();
}

}  // namespace rowkeeper::wire
