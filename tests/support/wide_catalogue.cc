#include "tests/support/wide_catalogue.h"

#include <fstream>
#include <stdexcept>

#include "absl/strings/str_cat.h"
#include "server/catalogue/catalogue.h"
#include "server/catalogue/repository_writer.h"

namespace rowkeeper::testing {
namespace {

/// A head and those that belong to it.
constexpr int kGroup = 5;

std::string ItemName(int place) { return absl::StrCat("Item", absl::Dec(place, absl::kZeroPad4)); }

std::string ItemFile(int place) { return absl::StrCat("wide/v1/item", absl::Dec(place, absl::kZeroPad4), ".proto"); }

constexpr char kHeader[] = R"(syntax = "proto3";

package wide.v1;

import "google/protobuf/timestamp.proto";
import "rowkeeper/v1/annotations.proto";
)";

/// What every entity has; %Name% is its name.
constexpr char kFields[] = R"(
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
  string code = 2 [(rowkeeper.v1.column) = {max_length: 40, unique: true, immutable: true}];
  string title = 3 [(rowkeeper.v1.column) = {max_length: 200, sortable: true, filterable: true}];
  optional string note = 4;
  Status status = 5 [(rowkeeper.v1.column) = {default_value: "STATUS_OPEN", filterable: true}];
  string amount = 6 [(rowkeeper.v1.column) = {
    type: COLUMN_TYPE_DECIMAL
    precision: 18
    scale: 2
    default_value: "0"
    filterable: true
  }];
  int64 position = 7 [(rowkeeper.v1.column) = {sortable: true, default_value: "0"}];
  optional bool is_billable = 8;
  repeated string tags = 9;
  optional google.protobuf.Timestamp due_at = 10 [(rowkeeper.v1.column).sortable = true];
  google.protobuf.Timestamp created_at = 20 [(rowkeeper.v1.column).role = ROLE_CREATED_AT];
  google.protobuf.Timestamp updated_at = 21 [(rowkeeper.v1.column).role = ROLE_UPDATED_AT];
  optional google.protobuf.Timestamp deleted_at = 22 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
  int64 version = 23 [(rowkeeper.v1.column).role = ROLE_VERSION];
)";

constexpr char kStatus[] = R"(
  enum Status {
    STATUS_UNSPECIFIED = 0;
    STATUS_OPEN = 1;
    STATUS_DONE = 2;
  }
)";

/// The reference to the head, with the head as relation; of a head, that to the one before.
std::string ReferenceFields(int place) {
  const int head = place / kGroup * kGroup;
  if (place != head) {
    return absl::StrCat("  string head_id = 11 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, references: \"",
                        WideEntity(head), "\", on_delete: ON_DELETE_CASCADE}];\n  ", ItemName(head), " head = 40;\n");
  }
  if (head == 0) return "";
  return absl::StrCat("  optional string previous_id = 11 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, ",
                      "references: \"", WideEntity(head - kGroup), "\", on_delete: ON_DELETE_SET_NULL}];\n");
}

std::string EntityText(int place) {
  const int head = place / kGroup * kGroup;
  const std::string import = place == head ? "" : absl::StrCat("import \"", ItemFile(head), "\";\n");
  return absl::StrCat(kHeader, import, "\nmessage ", ItemName(place), " {\n  option (rowkeeper.v1.entity) = {};\n",
                      kStatus, kFields, ReferenceFields(place), "}\n");
}

void Write(const std::filesystem::path& file, const std::string& text) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream out(file, std::ios::binary);
  if (!(out << text)) throw std::runtime_error(absl::StrCat("cannot write ", file.string()));
}

}  // namespace

std::string WideEntity(int place) { return absl::StrCat("wide.v1.", ItemName(place)); }

void WriteWideCatalogue(int entities, const std::filesystem::path& directory) {
  for (int place = 0; place < entities; ++place) Write(directory / ItemFile(place), EntityText(place));
  catalogue::Diagnostics diagnostics;
  catalogue::SourceOptions options;
  options.proto_paths = {directory.string()};
  auto source = catalogue::Source::Load(options, &diagnostics);
  const auto catalogue = source == nullptr ? nullptr : catalogue::Catalogue::Compile(std::move(source), &diagnostics);
  if (catalogue == nullptr) throw std::runtime_error(diagnostics.ToString());
  for (const auto& entity : catalogue->entities()) {
    const catalogue::WrittenProto repository = catalogue::WriteRepository(*entity);
    Write(directory / repository.name, repository.text);
  }
}

}  // namespace rowkeeper::testing
