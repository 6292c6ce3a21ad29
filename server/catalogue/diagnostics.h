#pragma once

#include <string>
#include <vector>

namespace google::protobuf {
class Descriptor;
class EnumDescriptor;
class EnumValueDescriptor;
class FieldDescriptor;
class FileDescriptor;
class MethodDescriptor;
class OneofDescriptor;
class ServiceDescriptor;
}  // namespace google::protobuf

namespace rowkeeper::catalogue {

/// One mistake in a catalogue: where it is, what is wrong and what to write instead.
struct Diagnostic {
  enum class Severity { kError, kWarning };
  std::string file;
  int line = 0;  ///< 1-based; 0 when unknown (a descriptor set without source information).
  /// Full protobuf name; empty when the mistake belongs to the file as a whole.
  std::string element;
  std::string problem;
  std::string remedy;
  Severity severity = Severity::kError;

  /// `file:line: element: problem; remedy`, without the parts that are empty. Warnings say so before the element.
  std::string ToString() const;
};

/// Collects every mistake of a catalogue, so that all are reported at once. Not thread-safe.
class Diagnostics {
 public:
  void Error(const google::protobuf::FileDescriptor& at, std::string problem, std::string remedy);
  void Error(const google::protobuf::Descriptor& at, std::string problem, std::string remedy);
  void Error(const google::protobuf::FieldDescriptor& at, std::string problem, std::string remedy);
  void Error(const google::protobuf::OneofDescriptor& at, std::string problem, std::string remedy);
  void Error(const google::protobuf::EnumDescriptor& at, std::string problem, std::string remedy);
  void Error(const google::protobuf::EnumValueDescriptor& at, std::string problem, std::string remedy);
  void Error(const google::protobuf::ServiceDescriptor& at, std::string problem, std::string remedy);
  void Error(const google::protobuf::MethodDescriptor& at, std::string problem, std::string remedy);
  /// Style advice; does not stop the catalogue from being served.
  void Warning(const google::protobuf::Descriptor& at, std::string problem, std::string remedy);
  void Warning(const google::protobuf::FieldDescriptor& at, std::string problem, std::string remedy);
  void Warning(const google::protobuf::MethodDescriptor& at, std::string problem, std::string remedy);
  void Add(Diagnostic diagnostic);

  bool ok() const { return errors_ == 0; }
  /// Ordered by file and line; in the order of discovery within a line.
  std::vector<Diagnostic> Sorted() const;
  /// One diagnostic a line.
  std::string ToString() const;

 private:
  std::vector<Diagnostic> items_;
  int errors_ = 0;
};

}  // namespace rowkeeper::catalogue
