#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "server/base/errors.h"
#include "server/codec/message_shape.h"
#include "server/codec/wire_to_text.h"
#include "server/plan/batch/batch.h"
#include "server/plan/method_plan.h"
#include "server/plan/request.h"

namespace rowkeeper::codec {

/// Reads the elements of a batch: rows, keys, or a key's values. Immutable; any thread.
class BatchDecoder {
 public:
  /// `plan` is used during the call only; `shapes` owns what this points to.
  BatchDecoder(const plan::MethodPlan& plan, const plan::BatchLimits& limits, ShapeSet* shapes);

  /// INVALID_ARGUMENT BATCH_TOO_LARGE for a request message of too many bytes.
  absl::Status CheckSize(size_t request_bytes) const;
  /// Sets request->elements from the occurrences of the batch's field, which must have passed CheckMessage. What is
  /// wrong with an element goes to `violations`, under its place ("todos[2].title"), or in a partial batch to the
  /// element's refusal. INVALID_ARGUMENT BATCH_TOO_LARGE
  /// for too many elements, of which none is read then.
  absl::Status Decode(const Slot& occurrences, plan::BatchRequest* request, FieldViolations* violations) const;

 private:
  /// A field of every element.
  struct Member {
    /// Index into the element's shape; -1 when the elements are values.
    int field = -1;
    /// Index into Element::arguments; -1 is the version.
    int argument = -1;
    std::string name;
    std::unique_ptr<const WireToText> codec;
  };

  void DecodeElement(const Occurrence& occurrence, size_t index, plan::Element* element,
                     FieldViolations* violations) const;
  void AddMember(const plan::Input& input, int index, const plan::MethodPlan& plan, ShapeSet* shapes);
  std::string ElementName(size_t index) const;
  void DecodeMessage(const Slot& pieces, size_t index, plan::Element* element, FieldViolations* violations) const;
  void DecodeValue(const Occurrence& value, size_t index, plan::Element* element, FieldViolations* violations) const;

  const FieldShape* field_;
  const plan::BatchLimits limits_;
  const bool partial_;
  size_t argument_count_;
  std::vector<Member> members_;
};

}  // namespace rowkeeper::codec
