#include "server/schema/default_expression.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "server/catalogue/default_value.h"
#include "server/pgtext/parser.h"
#include "server/plan/call.h"

namespace rowkeeper::schema {
namespace {

using catalogue::Column;
using catalogue::ValueKind;
using nlohmann::json;

const json& MemberOf(const json& node, const char* name) {
  static const json* const kNothing = new json();
  const auto found = node.is_object() ? node.find(name) : node.end();
  return found == node.end() ? *kNothing : *found;
}

/// `{"A_Const": {"ival": {"ival": 3}}}`. What is zero, false or empty may be left out of the inner object.
DefaultExpression ReadConstantNode(const json& constant) {
  if (constant.value("isnull", false)) return {DefaultExpression::Kind::kNull, ""};
  if (constant.contains("ival"))
    return {DefaultExpression::Kind::kConstant, std::to_string(constant["ival"].value("ival", int64_t{0}))};
  if (constant.contains("fval")) return {DefaultExpression::Kind::kConstant, constant["fval"].value("fval", "")};
  if (constant.contains("sval")) return {DefaultExpression::Kind::kConstant, constant["sval"].value("sval", "")};
  if (constant.contains("boolval")) {
    return {DefaultExpression::Kind::kConstant, constant["boolval"].value("boolval", false) ? "true" : "false"};
  }
  return {};
}

DefaultExpression ReadDefaultNode(const json& node) {
  if (node.is_object() && node.contains("A_Const")) return ReadConstantNode(node["A_Const"]);
  if (node.is_object() && node.contains("TypeCast")) return ReadDefaultNode(MemberOf(node["TypeCast"], "arg"));
  return {};
}

/// 0, -0.00, 0e5.
bool NumberIsZero(const std::string& text) {
  double number = 0;
  const bool digits_of_zero = text.substr(0, text.find_first_of("eE")).find_first_of("123456789") == std::string::npos;
  return digits_of_zero && absl::SimpleAtod(text, &number) && number == 0;
}

bool HoldsNumber(const Column& column) {
  constexpr ValueKind kNumbers[] = {ValueKind::kInt32,  ValueKind::kInt64, ValueKind::kUint32,
                                    ValueKind::kUint64, ValueKind::kFloat, ValueKind::kDouble};
  return !column.type.array &&
         std::find(std::begin(kNumbers), std::end(kNumbers), column.type.kind) != std::end(kNumbers);
}

/// As PostgreSQL reads it.
std::optional<bool> ReadBoolText(const std::string& text) {
  const std::string word = absl::AsciiStrToLower(absl::StripAsciiWhitespace(text));
  const auto is_one_of = [&word](std::initializer_list<const char*> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  if (is_one_of({"true", "tru", "tr", "t", "yes", "ye", "y", "on", "1"})) return true;
  if (is_one_of({"false", "fals", "fal", "fa", "f", "no", "n", "off", "of", "0"})) return false;
  return std::nullopt;
}

/// An enum's default_value is the name of the value, not its label.
std::optional<std::string> NameOfLabel(const Column& column, const std::string& label) {
  for (const catalogue::EnumLabel& known : column.type.labels) {
    if (known.label == label) return column.field->enum_type()->FindValueByNumber(known.number)->name();
  }
  return std::nullopt;
}

}  // namespace

DefaultExpression ReadDefault(const std::string& expression) {
  json statements;
  if (!pgtext::Parse("SELECT " + expression, &statements).message.empty() || statements.size() != 1) return {};
  const json& targets = MemberOf(MemberOf(statements[0], "SelectStmt"), "targetList");
  if (!targets.is_array() || targets.size() != 1) return {};
  return ReadDefaultNode(MemberOf(MemberOf(targets[0], "ResTarget"), "val"));
}

bool IsZero(const Column& column, const DefaultExpression& value) {
  if (value.kind != DefaultExpression::Kind::kConstant) return false;
  const ValueKind kind = column.type.kind;
  if (kind == ValueKind::kBool) return ReadBoolText(value.text) == std::optional<bool>(false);
  if (kind == ValueKind::kBytes) return value.text.empty() || value.text == "\\x";
  if (HoldsNumber(column)) return NumberIsZero(value.text);
  const std::optional<std::string> zero = plan::ZeroText(column);
  return zero.has_value() && value.text == *zero;
}

bool DiffersFromDeclared(const Column& column, const DefaultExpression& value) {
  if (value.kind != DefaultExpression::Kind::kConstant || column.type.array) return false;
  if (column.default_kind != catalogue::DefaultKind::kLiteral || value.text == column.default_literal) return false;
  const ValueKind kind = column.type.kind;
  if (kind == ValueKind::kBool) return ReadBoolText(value.text) != ReadBoolText(column.default_literal);
  if (HoldsNumber(column) || kind == ValueKind::kDecimal) {
    double stored = 0;
    double declared = 0;
    return absl::SimpleAtod(value.text, &stored) && absl::SimpleAtod(column.default_literal, &declared) &&
           stored != declared;
  }
  if (kind == ValueKind::kJson) return column.default_literal == "null" && value.text == "{}";
  return kind == ValueKind::kString || kind == ValueKind::kEnum;  // a value of the others has many texts
}

std::optional<std::string> AsDefaultValue(const Column& column, const DefaultExpression& value) {
  if (value.kind != DefaultExpression::Kind::kConstant || column.type.kind == ValueKind::kBytes) return std::nullopt;
  std::optional<std::string> text = value.text;
  if (column.type.kind == ValueKind::kBool) {
    const std::optional<bool> read = ReadBoolText(value.text);
    text = !read ? std::nullopt : std::optional<std::string>(*read ? "true" : "false");
  } else if (column.type.kind == ValueKind::kEnum) {
    text = NameOfLabel(column, value.text);
  }
  if (!text || !catalogue::ParseDefaultValue(*column.field, column.type, *text).ok()) return std::nullopt;
  return text;
}

}  // namespace rowkeeper::schema
