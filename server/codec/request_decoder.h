#pragma once

// The map of this folder:
//   request_decoder.cc  request bytes become plan::Request; batch_decoder.cc: elements, each with its refusal
//   row_encoder.h       rows become messages; response_encoder.cc: what a response says beside its rows, from
//                       exec::Outcome
//   wire_check.h        every byte of a request is checked; wire_format.h: protobuf's wire format
//   wire_to_json.cc     jsonb from messages; json_to_wire.cc: messages from jsonb, without what a read mask does not
//                       name
//   text_to_wire.cc     PostgreSQL's texts become fields; wire_to_text.cc the other way

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "server/base/errors.h"
#include "server/codec/batch_decoder.h"
#include "server/codec/message_shape.h"
#include "server/codec/wire_to_text.h"
#include "server/plan/method_plan.h"
#include "server/plan/request.h"

namespace rowkeeper::codec {

/// Reads the request messages of one method. Immutable once compiled; any thread. Accepts exactly the bytes that
/// generated protobuf code would parse and merges repeated occurrences as it does.
class RequestDecoder {
 public:
  /// What a request may steer an operation with at most. More is a violation of that field.
  static constexpr size_t kMaxMaskPaths = 1000;
  static constexpr size_t kMaxOrderByBytes = 4096;
  static constexpr size_t kMaxPageTokenBytes = 65536;
  static constexpr size_t kMaxExpressionBytes = 16384;

  /// `plan` is used during the call only; the decoder refers to no descriptor.
  static std::unique_ptr<const RequestDecoder> Compile(const plan::MethodPlan& plan,
                                                       const plan::BatchLimits& limits = {},
                                                       SharedShapes shapes = std::make_shared<ShapeSet>());

  /// `bytes` is one serialized request message. Replaces all of `request`.
  /// INVALID_ARGUMENT, reason MALFORMED_REQUEST, when the bytes are not the message; reason INVALID_FIELD, with every
  /// violation, when values are; reason BATCH_TOO_LARGE. `request` is then of no use.
  absl::Status Decode(std::string_view bytes, plan::Request* request) const;

 private:
  /// A request field that is read: where its occurrences are gathered and what becomes of them.
  struct Source {
    const FieldShape* field = nullptr;
    std::string name;
    plan::InputRole role = plan::InputRole::kFilter;
    /// kFilter, kValue: the arguments that get the value, and its codec. kOlderThan: the codec alone.
    std::vector<int> arguments;
    std::unique_ptr<const WireToText> codec;
  };

  /// A message on the way to bound fields; one entry a field of its shape.
  struct Bound {
    struct Field {
      std::vector<int> sources;
      std::unique_ptr<Bound> nested;
      /// Sources in or below the other members of the field's oneof.
      std::vector<int> displaced;
    };
    const MessageShape* shape = nullptr;
    std::vector<Field> fields;
  };

  explicit RequestDecoder(SharedShapes shapes) : shapes_(std::move(shapes)) {}
  void BindBatch(const plan::MethodPlan& plan, const plan::BatchLimits& limits);
  void Bind(const plan::Input& input, int index, const plan::MethodPlan& plan);
  int AddSource(const plan::Input& input, int index, const plan::MethodPlan& plan);
  static void CompileOneofs(Bound* bound);
  static bool Collect(const Bound& bound, std::string_view bytes, Slots* slots);
  static std::vector<std::string> Mask(const Source& source, const Slot& slot, FieldViolations* violations);
  static std::string Text(const Source& source, const Slot& slot, size_t max_bytes, FieldViolations* violations);
  static void Control(const Source& source, const Slot& slot, plan::Request* request, FieldViolations* violations);

  const SharedShapes shapes_;
  std::unique_ptr<Bound> root_;
  std::vector<Source> sources_;
  plan::Request empty_;
  /// Batches: reads the elements, which are gathered for the source with this index.
  std::unique_ptr<const BatchDecoder> batch_;
  int batch_source_ = -1;
};

}  // namespace rowkeeper::codec
