#include "server/catalogue/source_lines.h"

#include <algorithm>

#include "google/protobuf/descriptor.pb.h"

namespace rowkeeper::catalogue {
namespace {

namespace pb = google::protobuf;

/// What a step of a path has led to.
enum class Element { kFile, kMessage, kEnum, kService, kLeaf, kOther };

Element StepFromFile(int field) {
  switch (field) {
    case pb::FileDescriptorProto::kMessageTypeFieldNumber:
      return Element::kMessage;
    case pb::FileDescriptorProto::kEnumTypeFieldNumber:
      return Element::kEnum;
    case pb::FileDescriptorProto::kServiceFieldNumber:
      return Element::kService;
    case pb::FileDescriptorProto::kExtensionFieldNumber:
      return Element::kLeaf;
    default:
      return Element::kOther;
  }
}

Element StepFromMessage(int field) {
  switch (field) {
    case pb::DescriptorProto::kNestedTypeFieldNumber:
      return Element::kMessage;
    case pb::DescriptorProto::kEnumTypeFieldNumber:
      return Element::kEnum;
    case pb::DescriptorProto::kFieldFieldNumber:
    case pb::DescriptorProto::kExtensionFieldNumber:
    case pb::DescriptorProto::kOneofDeclFieldNumber:
      return Element::kLeaf;
    default:
      return Element::kOther;
  }
}

Element Step(Element from, int field) {
  switch (from) {
    case Element::kFile:
      return StepFromFile(field);
    case Element::kMessage:
      return StepFromMessage(field);
    case Element::kEnum:
      return field == pb::EnumDescriptorProto::kValueFieldNumber ? Element::kLeaf : Element::kOther;
    case Element::kService:
      return field == pb::ServiceDescriptorProto::kMethodFieldNumber ? Element::kLeaf : Element::kOther;
    case Element::kLeaf:
    case Element::kOther:
      break;
  }
  return Element::kOther;
}

/// A path is pairs of a field's number and an index, as far as it leads to an element.
bool IsOfElement(const pb::SourceCodeInfo::Location& location) {
  if (location.path_size() == 0 || location.path_size() % 2 != 0) return false;
  Element element = Element::kFile;
  for (int i = 0; i < location.path_size(); i += 2) element = Step(element, location.path(i));
  return element != Element::kOther;
}

}  // namespace

void KeepLinesOfElements(pb::FileDescriptorProto* file) {
  auto& locations = *file->mutable_source_code_info()->mutable_location();
  const auto of_elements = std::partition(locations.pointer_begin(), locations.pointer_end(),
                                          [](const pb::SourceCodeInfo::Location* at) { return IsOfElement(*at); });
  locations.DeleteSubrange(static_cast<int>(of_elements - locations.pointer_begin()),
                           static_cast<int>(locations.pointer_end() - of_elements));
  for (pb::SourceCodeInfo::Location& location : locations) {
    location.clear_leading_comments();
    location.clear_trailing_comments();
    location.clear_leading_detached_comments();
  }
}

}  // namespace rowkeeper::catalogue
