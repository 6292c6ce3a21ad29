#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.pb.h"

namespace rowkeeper::catalogue {

/// A .proto file as it is written: parsed, nothing looked up, with the place of each declaration.
class ProtoSource {
 public:
  /// The numbers of google.protobuf.SourceCodeInfo.Location.path: {6, 0} is the first service.
  using Path = std::vector<int>;

  /// INVALID_ARGUMENT with line and column when the text does not parse.
  static absl::StatusOr<ProtoSource> Parse(std::string_view text);

  const google::protobuf::FileDescriptorProto& file() const { return file_; }
  /// Where a declaration that is there begins and where it ends, as bytes from the start of the text.
  size_t BeginOf(const Path& path) const { return places_.at(path).begin; }
  size_t EndOf(const Path& path) const { return places_.at(path).end; }
  /// The line that a declaration begins in, from 1.
  int LineOf(const Path& path) const { return places_.at(path).line; }

 private:
  struct Place {
    size_t begin = 0;
    size_t end = 0;
    int line = 0;
  };

  void FindPlaces(std::string_view text);

  google::protobuf::FileDescriptorProto file_;
  std::map<Path, Place> places_;
};

}  // namespace rowkeeper::catalogue
