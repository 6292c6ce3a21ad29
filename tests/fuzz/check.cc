#include "tests/fuzz/check.h"

#include <set>
#include <vector>

#include "absl/strings/str_format.h"
#include "google/rpc/error_details.pb.h"
#include "server/base/error_details.h"
#include "server/codec/request_decoder.h"
#include "server/codec/response_encoder.h"
#include "tests/fuzz/all_types.pb.h"
#include "tests/fuzz/all_types_plan.h"
#include "tests/fuzz/reference.h"

namespace rowkeeper::fuzz {
namespace {

using catalogue::ValueKind;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

const codec::RequestDecoder& SaveDecoder() {
  static const auto* const kDecoder = codec::RequestDecoder::Compile(SavePlan()).release();
  return *kDecoder;
}

const codec::RequestDecoder& ListDecoder() {
  static const auto* const kDecoder = codec::RequestDecoder::Compile(ListPlan()).release();
  return *kDecoder;
}

const codec::RowEncoder& Encoder() {
  static const auto* const kEncoder = [] {
    std::vector<int> cells;
    for (size_t i = 0; i < AllTypes().columns.size(); ++i) cells.push_back(static_cast<int>(i));
    return codec::RowEncoder::Compile(AllTypes(), {cells}).release();
  }();
  return *kEncoder;
}

std::set<std::string> ViolatedFields(const absl::Status& status) {
  std::set<std::string> fields;
  google::rpc::BadRequest details;
  const auto payload = status.GetPayload("type.googleapis.com/google.rpc.BadRequest");
  if (payload.has_value()) details.ParseFromString(std::string(*payload));
  for (const auto& violation : details.field_violations()) fields.insert(violation.field());
  return fields;
}

/// The message that holds the input's field; nullptr when it is not on the wire.
const Message* HolderOf(const plan::Input& input, const Message& request) {
  const Message* holder = &request;
  for (size_t i = 0; i + 1 < input.path.size(); ++i) {
    if (!holder->GetReflection()->HasField(*holder, input.path[i])) return nullptr;
    holder = &holder->GetReflection()->GetMessage(*holder, input.path[i]);
  }
  return holder;
}

std::string CheckControls(const v1::SaveRequest& wanted, const plan::WriteRequest& save,
                          const plan::ListRequest& list) {
  const auto mask = [](bool present, const google::protobuf::FieldMask& paths) {
    std::optional<std::vector<std::string>> result;
    if (present) result.emplace(paths.paths().begin(), paths.paths().end());
    return result;
  };
  const int deleted = wanted.deleted() == 0 ? 0 : static_cast<int>(wanted.deleted()) - 1;
  if (save.allow_missing != wanted.allow_missing()) return "allow_missing differs";
  if (save.version != wanted.version()) return "version differs";
  if (list.page_size != wanted.page_size()) return "page_size differs";
  if (list.page_token != wanted.page_token()) return "page_token differs";
  if (list.order_by != wanted.order_by()) return "order_by differs";
  if (save.update_mask != mask(wanted.has_update_mask(), wanted.update_mask())) return "update_mask differs";
  if (list.read_mask != mask(wanted.has_read_mask(), wanted.read_mask())) return "read_mask differs";
  if (static_cast<int>(save.deleted) != deleted) return "deleted differs";
  if (list.deleted != save.deleted) return "deleted of the list differs";
  return "";
}

std::string CheckArguments(const v1::SaveRequest& wanted, const plan::Request& request) {
  for (size_t i = 0; i < SavePlan().inputs.size(); ++i) {
    const plan::Input& input = SavePlan().inputs[i];
    const Message* holder = HolderOf(input, wanted);
    if (input.column < 0) continue;
    const catalogue::ValueType& type = AllTypes().columns[input.column].type;
    const Expectation expected = holder == nullptr ? Expectation() : Expect(*holder, *input.path.back(), type);
    const plan::Argument& argument = request.arguments[i];
    if (argument.present != expected.present)
      return absl::StrFormat("%s: presence differs: %d", input.name, argument.present);
    if (!expected.present) continue;
    if (type.kind == ValueKind::kJson) {
      const std::string difference = CompareJson(*holder, *input.path.back(), argument.text);
      if (!difference.empty()) return input.name + ": " + difference;
    } else if (argument.text != expected.text) {
      return input.name + ": \"" + argument.text + "\" instead of \"" + expected.text + "\"";
    }
  }
  return "";
}

/// `1.500000 seconds` as PostgreSQL gives it back.
std::string IntervalOutput(const std::string& input) {
  const bool negative = input.front() == '-';
  const std::string digits = input.substr(negative ? 1 : 0);
  const int64_t seconds = std::stoll(digits);
  std::string fraction = digits.substr(digits.find('.'), 7);
  while (fraction.back() == '0') fraction.pop_back();
  if (fraction == ".") fraction.clear();
  const bool zero = seconds == 0 && fraction.empty();
  return absl::StrFormat("%s%02d:%02d:%02d%s", negative && !zero ? "-" : "", seconds / 3600, seconds / 60 % 60,
                         seconds % 60, fraction);
}

/// The arguments of the entity's columns as a row of result cells.
struct Row {
  std::vector<std::optional<std::string>> cells;

  explicit Row(const plan::Request& request) {
    for (size_t i = 0; i < AllTypes().columns.size(); ++i) {
      const plan::Argument& argument = request.arguments[i];
      const catalogue::ValueType& type = AllTypes().columns[i].type;
      cells.emplace_back();
      if (argument.present) cells.back() = argument.text;
      if (argument.present && type.kind == ValueKind::kDuration && !type.array)
        cells.back() = IntervalOutput(argument.text);
    }
  }
  bool is_null(int, int column) const { return !cells[column].has_value(); }
  std::string_view cell(int, int column) const { return *cells[column]; }
};

/// What is left of an entity after it has been stored: microseconds, lower-case UUIDs, no unspecified enums.
void Store(Message* all) {
  const auto& reflection = *all->GetReflection();
  for (const catalogue::Column& column : AllTypes().columns) {
    const FieldDescriptor& field = *column.field;
    if (field.is_repeated() || !reflection.HasField(*all, &field)) continue;
    if (column.type.kind == ValueKind::kEnum && column.type.zero_is_unset &&
        reflection.GetEnumValue(*all, &field) == 0) {
      reflection.ClearField(all, &field);
    }
    if (column.type.kind == ValueKind::kTimestamp || column.type.kind == ValueKind::kDuration) {
      Message* time = reflection.MutableMessage(all, &field);
      const FieldDescriptor* nanos = time->GetDescriptor()->FindFieldByName("nanos");
      time->GetReflection()->SetInt32(time, nanos, time->GetReflection()->GetInt32(*time, nanos) / 1000 * 1000);
    }
    if (column.type.kind == ValueKind::kUuid && field.type() == FieldDescriptor::TYPE_STRING) {
      reflection.SetString(all, &field, Expect(*all, field, column.type).text);
    }
  }
  auto* typed = static_cast<v1::All*>(all);
  for (auto& time : *typed->mutable_many_timestamp()) time.set_nanos(time.nanos() / 1000 * 1000);
  for (std::string& uuid : *typed->mutable_many_uuid()) {
    v1::All one;
    one.set_uuid(uuid);
    uuid =
        Expect(one, *one.GetDescriptor()->FindFieldByName("uuid"), AllTypes().columns[ColumnNamed("uuid")].type).text;
  }
  if (typed->has_wrapped_uuid()) {
    const FieldDescriptor* wrapped = typed->GetDescriptor()->FindFieldByName("wrapped_uuid");
    typed->mutable_wrapped_uuid()->set_value(
        Expect(*typed, *wrapped, AllTypes().columns[ColumnNamed("wrapped_uuid")].type).text);
  }
}

std::string CheckResponse(const v1::SaveRequest& request, const plan::Request& decoded) {
  static const auto* const kResponse = codec::ResponseEncoder::Compile(SavePlan().response).release();
  plan::Request storable = decoded;
  v1::All wanted = request.all();
  // PostgreSQL gives the elements of an interval array back in another text, which Row does not imitate.
  wanted.clear_many_duration();
  for (size_t i = 0; i < AllTypes().columns.size(); ++i) {
    if (AllTypes().columns[i].name == "many_duration") storable.arguments[i].present = false;
  }
  std::string bytes;
  codec::ResponseFacts facts;
  facts.next_page_token = "next";
  const absl::Status status = kResponse->Encode(Row(storable), 1, Encoder(), facts, &bytes);
  if (!status.ok()) return "encoding fails: " + status.ToString();
  v1::ListResponse response;
  if (!response.ParseFromString(bytes)) return "the response cannot be parsed";
  if (response.rows_size() != 1 || response.next_page_token() != "next") return "the response is incomplete";
  Store(&wanted);
  Canonicalize(&wanted);
  v1::All* read = response.mutable_rows(0);
  if (!read->GetReflection()->GetUnknownFields(*read).empty()) return "the response has unknown fields";
  Canonicalize(read);
  if (Deterministic(wanted) == Deterministic(*read)) return "";
  return "the response is\n" + read->DebugString() + "instead of\n" + wanted.DebugString();
}

std::set<std::string> RefusedFields(const v1::SaveRequest& request) {
  std::set<std::string> refused;
  for (const plan::Input& input : SavePlan().inputs) {
    const Message* holder = HolderOf(input, request);
    if (input.column < 0 || holder == nullptr) continue;
    if (Expect(*holder, *input.path.back(), AllTypes().columns[input.column].type).refused) refused.insert(input.name);
  }
  if (!v1::SaveRequest::descriptor()->FindFieldByName("deleted")->enum_type()->FindValueByNumber(request.deleted())) {
    refused.insert("deleted");
  }
  return refused;
}

}  // namespace

std::string CheckCodec(std::string_view bytes, Outcomes* outcomes) {
  v1::SaveRequest request;
  const bool parsed = request.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  plan::Request decoded, listed;
  const absl::Status status = SaveDecoder().Decode(bytes, &decoded);
  if (ListDecoder().Decode(bytes, &listed) != status) return "read as a list, it ends otherwise";
  if (!parsed) {
    ++outcomes->malformed;
    return ErrorReason(status) == "MALFORMED_REQUEST"
               ? ""
               : "generated code refuses the bytes, not so: " + status.ToString();
  }
  const std::set<std::string> refused = RefusedFields(request);
  if (!refused.empty()) {
    ++outcomes->refused;
    if (ErrorReason(status) == "INVALID_FIELD" && ViolatedFields(status) == refused) return "";
    std::string wanted;
    for (const std::string& field : refused) wanted += " " + field;
    return "refused should be:" + wanted + "; not so: " + status.ToString();
  }
  ++outcomes->accepted;
  if (!status.ok()) return "generated code accepts the bytes, not so: " + status.ToString();
  std::string difference = CheckControls(request, decoded.as<plan::WriteRequest>(), listed.as<plan::ListRequest>());
  if (difference.empty()) difference = CheckArguments(request, decoded);
  if (difference.empty()) difference = CheckResponse(request, decoded);
  return difference;
}

}  // namespace rowkeeper::fuzz
