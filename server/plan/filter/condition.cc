#include "server/plan/filter/condition.h"

#include <google/protobuf/descriptor.h>

#include "server/base/array_literal.h"
#include "server/base/text.h"
#include "server/base/utf8.h"
#include "server/plan/filter/operand.h"

namespace rowkeeper::plan {
namespace {

using Kind = FilterExpression::Kind;

Kind KindOf(FilterComparator comparator) {
  switch (comparator) {
    case FilterComparator::kNotEqual:
      return Kind::kNotEqual;
    case FilterComparator::kLess:
      return Kind::kLess;
    case FilterComparator::kLessOrEqual:
      return Kind::kLessOrEqual;
    case FilterComparator::kGreater:
      return Kind::kGreater;
    case FilterComparator::kGreaterOrEqual:
      return Kind::kGreaterOrEqual;
    default:
      return Kind::kEqual;
  }
}

/// Makes the condition of one restriction; every step that fails sets the problem.
class ConditionMaker {
 public:
  ConditionMaker(const catalogue::Column& column, int index, const FilterRestriction& restriction,
                 const FilterLimits& limits, std::vector<std::string>* operands, std::string* problem,
                 std::optional<Limit>* limit)
      : column_(column),
        index_(index),
        restriction_(restriction),
        limits_(limits),
        value_(restriction.value),
        operands_(operands),
        problem_(problem),
        limit_(limit) {}

  std::optional<FilterExpression> Make() {
    if (value_.text.find('\0') != std::string::npos) return Refuse("has a NUL byte, which PostgreSQL cannot store");
    if (column_.type.kind == catalogue::ValueKind::kJson) return MakeJson();
    if (restriction_.path.size() > 1) return Refuse(Cat(name(), " holds single values and has nothing inside it"));
    return column_.type.array ? MakeArray() : MakeScalar();
  }

 private:
  using Result = std::optional<FilterExpression>;

  std::string name() const { return column_.field->name(); }
  bool is(FilterComparator comparator) const { return restriction_.comparator == comparator; }
  bool equality() const { return is(FilterComparator::kEqual) || is(FilterComparator::kNotEqual); }

  Result Refuse(std::string problem) {
    *problem_ = std::move(problem);
    return std::nullopt;
  }

  FilterExpression Condition(Kind kind) const {
    FilterExpression condition;
    condition.kind = kind;
    condition.column = index_;
    return condition;
  }

  FilterExpression Condition(Kind kind, std::string operand) {
    FilterExpression condition = Condition(kind);
    condition.operand = static_cast<int>(operands_->size());
    operands_->push_back(std::move(operand));
    return condition;
  }

  /// `condition`, or what is true where it is not when the comparator is !=.
  Result OrNot(FilterExpression condition) const {
    if (!is(FilterComparator::kNotEqual)) return condition;
    FilterExpression opposite;
    opposite.kind = Kind::kNot;
    opposite.parts.push_back(std::move(condition));
    return opposite;
  }

  Result MakeNull() {
    if (!equality()) return Refuse("null can be compared with = and != only");
    if (!column_.nullable) return Refuse(Cat(name(), " always has a value and is never null"));
    return Condition(is(FilterComparator::kEqual) ? Kind::kIsNull : Kind::kHasValue);
  }

  Result WithOperand(Kind kind) {
    if (!value_.stars.empty()) {
      return Refuse("a bare * stands for any text in = and != on text only; write \\* for the character");
    }
    std::string remedy;
    std::optional<std::string> operand = ReadOperand(column_, value_, &remedy);
    if (!operand.has_value()) {
      return Refuse(Cat("\"", ShortenUtf8(value_.text, 60), "\" is no value of ", name(), "; ", remedy));
    }
    return Condition(kind, *std::move(operand));
  }

  Result MakeScalar() {
    if (value_.is_null()) return MakeNull();
    if (is(FilterComparator::kHas)) return MakeHas();
    if (equality()) {
      if (value_.stars.empty() || !IsPlainText(column_)) return WithOperand(KindOf(restriction_.comparator));
      return MakeLike("");
    }
    if (!HasOrder(column_)) {
      return Refuse(column_.type.kind == catalogue::ValueKind::kEnum
                        ? Cat(name(), " is stored as text, which does not sort as its enum does; write = or !=")
                        : Cat("values of ", name(), " have no order; write = or !="));
    }
    return WithOperand(KindOf(restriction_.comparator));
  }

  /// `field:*` and `text:part`.
  Result MakeHas() {
    if (value_.is_star()) {
      if (!column_.nullable) return Refuse(Cat(name(), " always has a value"));
      return Condition(Kind::kHasValue);
    }
    if (!IsPlainText(column_)) {
      return Refuse(Cat("`:` looks into text, lists and objects, and ", name(), " is none of them; write ="));
    }
    return MakeLike("%");
  }

  /// `around` stands before and behind the value's pattern.
  Result MakeLike(std::string_view around) {
    if (value_.text.size() > limits_.max_search_bytes) {
      *limit_ = Limit::kMaxSearchBytes;
      return Refuse(Cat("this text ", TooLongToLookFor(value_.text.size(), limits_)));
    }
    return OrNot(Condition(Kind::kLike, Cat(around, LikePattern(value_), around)));
  }

  Result MakeArray() {
    if (value_.is_null() && equality() && column_.nullable) return MakeNull();
    if (!is(FilterComparator::kHas)) {
      return Refuse(Cat(name(), " is a list; write ", name(), ":value for those with a value, or ", name(),
                        ":* for those that are not empty"));
    }
    return value_.is_star() ? Result(Condition(Kind::kNotEmpty)) : WithOperand(Kind::kHasElement);
  }

  Result MakeJson() {
    const JsonObject object = JsonObjectOf(column_);
    if (object == JsonObject::kNone) {
      if (value_.is_null() && equality() && column_.nullable && restriction_.path.size() == 1) return MakeNull();
      return Refuse(Cat(name(), " is no object that a filter can look into"));
    }
    if (restriction_.path.size() > 1) return MakeJsonMember(object);
    if (value_.is_null() && equality()) return MakeNull();
    if (!is(FilterComparator::kHas)) {
      return Refuse(Cat(name(), " is an object; write ", name(), ":key for those with a key",
                        object == JsonObject::kKeys ? "" : Cat(", or ", name(), ".key = value")));
    }
    if (value_.is_star()) return Condition(Kind::kNotEmpty);
    if (!value_.stars.empty()) return Refuse("a key has no wildcards; write \\* for the character");
    return Condition(Kind::kHasKey, value_.text);
  }

  /// `labels.color = "red"`, `labels.box.color:*`, `labels.box:color`.
  Result MakeJsonMember(JsonObject object) {
    if (object == JsonObject::kKeys || (object != JsonObject::kAny && restriction_.path.size() > 2)) {
      return Refuse(Cat("only a google.protobuf.Struct can be looked into so deep, and ", name(), " is none"));
    }
    const bool star = value_.is_star();
    if (!value_.stars.empty() && !(star && is(FilterComparator::kHas))) {
      return Refuse("what is in an object has no wildcards; write \\* for the character");
    }
    if (is(FilterComparator::kHas)) {
      return Condition(Kind::kHasPath, PathLiteral(star ? "" : value_.text));
    }
    if (!equality()) return Refuse("what is in an object can be compared with = and != only");
    if (value_.is_null()) {
      FilterExpression there = Condition(Kind::kHasPath, PathLiteral(""));
      if (is(FilterComparator::kNotEqual)) return there;
      FilterExpression absent;
      absent.kind = Kind::kNot;
      absent.parts.push_back(std::move(there));
      return absent;
    }
    std::string part = JsonOperand(value_, object);
    for (size_t i = restriction_.path.size() - 1; i > 0; --i) {
      part = Cat("{", JsonString(restriction_.path[i]), ":", part, "}");
    }
    return OrNot(Condition(Kind::kContainsJson, std::move(part)));
  }

  /// The keys below the column, with `last` behind them unless it is empty.
  std::string PathLiteral(const std::string& last) const {
    std::string literal = "{";
    for (size_t i = 1; i < restriction_.path.size(); ++i) {
      if (i > 1) literal.push_back(',');
      AppendQuotedElement(restriction_.path[i], &literal);
    }
    if (!last.empty()) {
      literal.push_back(',');
      AppendQuotedElement(last, &literal);
    }
    return literal + "}";
  }

  const catalogue::Column& column_;
  const int index_;
  const FilterRestriction& restriction_;
  const FilterLimits& limits_;
  const FilterValue& value_;
  std::vector<std::string>* const operands_;
  std::string* const problem_;
  std::optional<Limit>* const limit_;
};

}  // namespace

std::optional<FilterExpression> MakeCondition(const catalogue::Column& column, int index,
                                              const FilterRestriction& restriction, const FilterLimits& limits,
                                              std::vector<std::string>* operands, std::string* problem,
                                              std::optional<Limit>* limit) {
  return ConditionMaker(column, index, restriction, limits, operands, problem, limit).Make();
}

}  // namespace rowkeeper::plan
