#pragma once

namespace google::protobuf {
class FileDescriptorProto;
}  // namespace google::protobuf

namespace rowkeeper::catalogue {

/// Leaves of the file's source information only where its elements stand (messages, fields, oneofs, enums and their
/// values, extensions, services and methods), which is all that Diagnostics asks a descriptor for. Names, types,
/// numbers and options have places of their own, and comments their text: together ten times as much memory.
void KeepLinesOfElements(google::protobuf::FileDescriptorProto* file);

}  // namespace rowkeeper::catalogue
