#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "google/protobuf/descriptor.h"
#include "server/catalogue/value_type.h"
#include "server/codec/cell_problem.h"
#include "server/codec/message_shape.h"
#include "server/plan/mask/json_mask.h"

namespace rowkeeper::codec {

/// Turns a cell's text into the wire bytes of its field, tag included. Immutable; any thread.
class TextToWire {
 public:
  /// `shapes` owns what this points to.
  TextToWire(const google::protobuf::FieldDescriptor& field, catalogue::ValueType type, ShapeSet* shapes);
  /// Of a jsonb cell only these parts are written.
  void KeepOnly(plan::JsonTree parts) { parts_ = std::make_shared<const plan::JsonTree>(std::move(parts)); }

  /// `text` is not NULL. Zero of a field without presence appends nothing. False, with `problem`, when the field cannot
  /// carry the value; `out` is then of no use.
  bool Append(std::string_view text, std::string* out, CellProblem* problem) const;

  const FieldShape& field() const { return *field_; }

 private:
  bool AppendArray(std::string_view text, std::string* out, CellProblem* problem) const;
  std::string Misfit() const;
  bool AppendValue(const FieldShape& field, std::string_view text, std::string* out, bool* zero) const;
  bool AppendNumber(const FieldShape& field, std::string_view text, std::string* out, bool* zero) const;
  bool AppendText(const FieldShape& field, std::string_view text, std::string* out, bool* zero) const;
  bool AppendWrapped(const FieldShape& inner, std::string_view text, std::string* out) const;
  bool AppendMessage(std::string_view text, std::string* out) const;

  const FieldShape* field_;
  catalogue::ValueType type_;
  /// Tag bytes of the field, and of its packed form.
  std::string tag_;
  absl::flat_hash_map<std::string, int> numbers_;
  std::shared_ptr<const plan::JsonTree> parts_;
};

}  // namespace rowkeeper::codec
