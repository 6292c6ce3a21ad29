#include "server/base/text.h"
#include "server/codec/row_encoder.h"
#include "server/codec/utf8.h"
#include "tests/fuzz/all_types.pb.h"
#include "tests/fuzz/all_types_plan.h"
#include "tests/fuzz/example_plans.h"
#include "tests/fuzz/targets.h"
#include "tests/fuzz/text_mutation.h"

namespace rowkeeper::fuzz {
namespace {

struct Row {
  std::string_view text;

  bool is_null(int, int) const { return false; }
  std::string_view cell(int, int) const { return text; }
};

using Encoders = std::vector<std::unique_ptr<const codec::RowEncoder>>;

const Encoders& EachColumn() {
  static const auto* const kEncoders = [] {
    auto* const encoders = new Encoders();
    for (size_t i = 0; i < AllTypes().columns.size(); ++i) {
      encoders->push_back(codec::RowEncoder::Compile(AllTypes(), {{static_cast<int>(i)}}));
    }
    return encoders;
  }();
  return *kEncoders;
}

const std::vector<std::string>& Words() {
  static const auto* const kWords = new std::vector<std::string>{"{",
                                                                 "}",
                                                                 "[",
                                                                 "]",
                                                                 ",",
                                                                 ":",
                                                                 "\"",
                                                                 "\\",
                                                                 "\\\\x",
                                                                 "\\x00ff",
                                                                 "NULL",
                                                                 "null",
                                                                 "true",
                                                                 "false",
                                                                 "t",
                                                                 "f",
                                                                 "0",
                                                                 "-1",
                                                                 "1e400",
                                                                 "NaN",
                                                                 "Infinity",
                                                                 "-Infinity",
                                                                 "9223372036854775807",
                                                                 "18446744073709551616",
                                                                 "2026-11-29",
                                                                 "2026-11-29 01:02:03.123456+00",
                                                                 "infinity",
                                                                 "-infinity",
                                                                 "0044-03-15 BC",
                                                                 "10000-01-01 00:00:00+00",
                                                                 "1 mon 2 days",
                                                                 "-00:00:01.5",
                                                                 "PT1H",
                                                                 "[5:6]={1,2}",
                                                                 "{{1,2},{3,4}}",
                                                                 "00000000-0000-0000-0000-000000000000",
                                                                 "{\"a\": [1, {\"b\": null}]}",
                                                                 "\"plainString\"",
                                                                 "\\ud800",
                                                                 "\\u0000",
                                                                 "1.50",
                                                                 "the COLOR_RED",
                                                                 "\xc3\x28"};
  return *kWords;
}

/// What is written for a cell is a message that generated code reads.
std::string Check(std::string_view input) {
  const auto& encoder = *Choose(EachColumn(), &input);
  // PostgreSQL sends no other texts in the encoding UTF8, from databases of any encoding.
  if (!codec::IsValidUtf8(input) || codec::HasNul(input)) return "";
  std::string bytes;
  const absl::Status status = encoder.Append(Row{input}, 0, &bytes);
  if (!status.ok()) {
    return ReasonOf(status) == Reason::kUnrepresentableValue ? "" : Cat("encoding gave ", status.ToString());
  }
  v1::All message;
  return message.ParseFromString(bytes) ? "" : "generated code does not read what was written";
}

std::string Make(Random* random) { return static_cast<char>(random->Below(256)) + RandomText(Words(), random); }

std::string MutateCell(const std::string& input, Random* random) { return MutateText(input, Words(), random); }

}  // namespace

Target CellTarget() { return {"cell", Check, Make, MutateCell}; }

}  // namespace rowkeeper::fuzz
