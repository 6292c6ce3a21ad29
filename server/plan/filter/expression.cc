#include "server/plan/filter/expression.h"

#include <google/protobuf/descriptor.h>

#include "server/base/limits.h"
#include "server/base/text.h"
#include "server/base/utf8.h"
#include "server/catalogue/column_uses.h"
#include "server/plan/filter/condition.h"
#include "server/plan/filter/operand.h"
#include "server/plan/filter/scanner.h"

namespace rowkeeper::plan {
namespace {

using Kind = FilterExpression::Kind;
using Result = std::optional<FilterExpression>;

constexpr std::string_view kHowToCompare = "write a field, one of = != < <= > >= : and a value";

/// Parses by recursive descent; the first mistake ends it.
class Parser {
 public:
  Parser(const catalogue::Entity& entity, std::string_view text, FilterColumns columns, const FilterLimits& limits,
         std::vector<std::string>* operands)
      : entity_(entity), text_(text), scanner_(text), columns_(columns), limits_(limits), operands_(operands) {}

  Result Parse() {
    Result expression = ParseAnd();
    if (!expression.has_value() || scanner_.done()) return expression;
    if (scanner_.Peek() == ')') return Fail("this parenthesis closes none");
    return Fail(Cat("write AND or OR before \"", scanner_.Next(), "\""));
  }

  const std::string& problem() const { return problem_; }
  std::optional<Limit> limit() const { return limit_; }

 private:
  Result Fail(size_t offset, std::string_view what) {
    if (problem_.empty()) problem_ = Cat("at character ", CharacterAt(text_, offset), ": ", what);
    return std::nullopt;
  }
  Result Fail(std::string_view what) { return Fail(scanner_.offset(), what); }
  /// `what` ends before the limit's name.
  Result FailBeyond(Limit limit, size_t offset, std::string_view what) {
    if (problem_.empty()) limit_ = limit;
    return Fail(offset, Cat(what, ", the limit ", LimitName(limit)));
  }

  /// What `parse` gives, once or several times with `keyword` between.
  template <typename Parse>
  Result ParseSeries(Kind kind, std::string_view keyword, Parse parse) {
    FilterExpression all;
    all.kind = kind;
    do {
      Result part = parse();
      if (!part.has_value()) return std::nullopt;
      all.parts.push_back(*std::move(part));
      scanner_.SkipSpace();
    } while (scanner_.TakeKeyword(keyword));
    if (all.parts.size() > 1) return all;
    return std::move(all.parts.front());
  }

  Result ParseAnd() {
    return ParseSeries(Kind::kAnd, "AND", [this] { return ParseOr(); });
  }
  Result ParseOr() {
    return ParseSeries(Kind::kOr, "OR", [this] { return ParseTerm(); });
  }

  Result ParseTerm() {
    scanner_.SkipSpace();
    const bool negated = scanner_.TakeKeyword("NOT") || scanner_.Take('-');
    Result simple = ParseSimple();
    if (!simple.has_value() || !negated) return simple;
    FilterExpression opposite;
    opposite.kind = Kind::kNot;
    opposite.parts.push_back(*std::move(simple));
    return opposite;
  }

  Result ParseSimple() {
    scanner_.SkipSpace();
    const size_t start = scanner_.offset();
    if (!scanner_.Take('(')) return ParseRestriction();
    if (++nesting_ > limits_.max_nesting) {
      return FailBeyond(Limit::kMaxFilterNesting, start,
                        Cat("parentheses are nested deeper than ", limits_.max_nesting));
    }
    Result inner = ParseAnd();
    if (!inner.has_value()) return inner;
    if (!scanner_.Take(')')) {
      return scanner_.done() ? Fail(start, "this parenthesis is not closed")
                             : Fail(Cat("write AND, OR or ) before \"", scanner_.Next(), "\""));
    }
    --nesting_;
    return inner;
  }

  Result ParseRestriction() {
    const size_t start = scanner_.offset();
    if (++terms_ > limits_.max_terms) {
      return FailBeyond(Limit::kMaxFilterTerms, start, Cat("has more than ", limits_.max_terms, " conditions"));
    }
    FilterRestriction restriction;
    if (!ParsePath(&restriction.path)) return std::nullopt;
    scanner_.SkipSpace();
    if (scanner_.Peek() == '(') return Fail(start, "functions are not known here");
    const auto comparator = scanner_.TakeComparator();
    if (!comparator.has_value()) {
      return Fail(start, Cat("\"", ShortenUtf8(restriction.path[0], 40), "\" stands alone; ", kHowToCompare));
    }
    restriction.comparator = *comparator;
    if (!ParseValue(&restriction.value)) return std::nullopt;
    return Resolve(restriction, start);
  }

  /// `labels.color`, `labels."a key"`.
  bool ParsePath(std::vector<std::string>* path) {
    const size_t start = scanner_.offset();
    std::string name = scanner_.TakeName();
    if (name.empty()) {
      const bool quoted = scanner_.Peek() == '"' || scanner_.Peek() == '\'';
      Fail(quoted ? Cat("a quoted text stands alone; ", kHowToCompare)
                  : Cat("there is no field's name", scanner_.done() ? "" : Cat(" in \"", scanner_.Next(), "\""), "; ",
                        kHowToCompare));
      return false;
    }
    path->push_back(std::move(name));
    while (scanner_.Take('.')) {
      if (static_cast<int>(path->size()) > limits_.max_nesting) {
        FailBeyond(Limit::kMaxFilterNesting, start, Cat("looks deeper than ", limits_.max_nesting, " keys"));
        return false;
      }
      const bool quoted = scanner_.Peek() == '"' || scanner_.Peek() == '\'';
      const auto key = quoted ? scanner_.TakeValue() : std::optional<FilterValue>();
      std::string text = quoted ? (key.has_value() ? key->text : "") : scanner_.TakeName();
      if (text.empty() || text.find('\0') != std::string::npos) {
        Fail("there is no key after the point");
        return false;
      }
      path->push_back(std::move(text));
    }
    return true;
  }

  bool ParseValue(FilterValue* value) {
    scanner_.SkipSpace();
    const size_t start = scanner_.offset();
    auto found = scanner_.TakeValue();
    if (!found.has_value()) {
      Fail(start, "this quotation mark is not closed");
    } else if (found->text.empty() && !found->quoted) {
      Fail(start, scanner_.Peek() == '(' ? "write one value here; alternatives are conditions joined by OR"
                                         : "there is no value; an empty text is \"\"");
    } else if (!found->quoted && scanner_.Peek() == '(') {
      Fail(start, "functions are not known here");
    } else {
      *value = *std::move(found);
      return true;
    }
    return false;
  }

  Result Resolve(const FilterRestriction& restriction, size_t start) {
    const catalogue::Column* column = entity_.FindField(restriction.path[0]);
    const bool known = column != nullptr && (columns_ == FilterColumns::kAll || column->filterable);
    if (!known) return Fail(start, NoSuchField(restriction.path[0], column));
    std::string problem;
    Result condition =
        MakeCondition(*column, entity_.IndexOf(*column), restriction, limits_, operands_, &problem, &limit_);
    return condition.has_value() ? std::move(condition) : Fail(restriction.value.offset, problem);
  }

  /// `column` is that of the field, if there is one that may not be named.
  std::string NoSuchField(const std::string& name, const catalogue::Column* column) const {
    const std::string names = FieldNames();
    std::string problem =
        Cat("\"", ShortenUtf8(name, 40), "\" is no field to filter by; ",
            names.empty() ? Cat("no field of ", entity_.full_name, " is filterable") : Cat("those are ", names));
    if (column != nullptr && catalogue::CanBeFilterable(*column)) {
      problem += Cat("; it would be one with `filterable: true` at ", entity_.full_name, ".", column->field->name(),
                     " in the proto");
    }
    return problem;
  }

  std::string FieldNames() const {
    std::string names;
    for (const catalogue::Column& column : entity_.columns) {
      if (columns_ == FilterColumns::kAll || column.filterable) {
        names += Cat(names.empty() ? "" : ", ", column.field->name());
      }
    }
    return names;
  }

  const catalogue::Entity& entity_;
  const std::string_view text_;
  FilterScanner scanner_;
  const FilterColumns columns_;
  const FilterLimits& limits_;
  std::vector<std::string>* const operands_;
  int terms_ = 0;
  int nesting_ = 0;
  std::string problem_;
  std::optional<Limit> limit_;
};

void MoveOperands(int by, FilterExpression* expression) {
  if (expression->operand >= 0) expression->operand += by;
  for (FilterExpression& part : expression->parts) MoveOperands(by, &part);
}

void AppendKey(const FilterExpression& expression, std::string* key) {
  key->push_back(static_cast<char>('A' + static_cast<int>(expression.kind)));
  if (expression.parts.empty()) {
    key->append(Cat(expression.column, ",", expression.operand, ";"));
    return;
  }
  key->push_back('(');
  for (const FilterExpression& part : expression.parts) AppendKey(part, key);
  key->push_back(')');
}

}  // namespace

std::string FilterExpression::Key() const {
  std::string key;
  AppendKey(*this, &key);
  return key;
}

std::optional<CompiledFilter> CompileFilter(const catalogue::Entity& entity, std::string_view text,
                                            FilterColumns columns, const FilterLimits& limits, int first_operand,
                                            std::string* problem, std::optional<Limit>* limit) {
  CompiledFilter compiled;
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return compiled;
  if (text.size() > limits.max_bytes) {
    *problem = Cat("has ", text.size(), " bytes; at most ", limits.max_bytes, " are allowed, the limit ",
                   LimitName(Limit::kMaxFilterBytes));
    if (limit != nullptr) *limit = Limit::kMaxFilterBytes;
    return std::nullopt;
  }
  Parser parser(entity, text, columns, limits, &compiled.operands);
  Result expression = parser.Parse();
  if (!expression.has_value()) {
    *problem = parser.problem();
    if (limit != nullptr) *limit = parser.limit();
    return std::nullopt;
  }
  MoveOperands(first_operand, &*expression);
  compiled.expression = std::make_shared<const FilterExpression>(*std::move(expression));
  return compiled;
}

bool HasOperand(Kind kind) {
  return kind >= Kind::kEqual && kind != Kind::kIsNull && kind != Kind::kHasValue && kind != Kind::kNotEmpty;
}

std::vector<Kind> FilterKindsOf(const catalogue::Column& column) {
  std::vector<Kind> kinds;
  if (column.nullable) kinds = {Kind::kIsNull, Kind::kHasValue};
  const auto add = [&kinds](std::initializer_list<Kind> more) { kinds.insert(kinds.end(), more); };
  if (column.type.kind == catalogue::ValueKind::kJson) {
    const JsonObject object = JsonObjectOf(column);
    if (object != JsonObject::kNone) add({Kind::kNotEmpty, Kind::kHasKey});
    if (object > JsonObject::kKeys) add({Kind::kHasPath, Kind::kContainsJson});
    return kinds;
  }
  if (column.type.array) {
    add({Kind::kNotEmpty, Kind::kHasElement});
    return kinds;
  }
  add({Kind::kEqual, Kind::kNotEqual});
  if (IsPlainText(column)) add({Kind::kLike});
  if (HasOrder(column)) add({Kind::kLess, Kind::kLessOrEqual, Kind::kGreater, Kind::kGreaterOrEqual});
  return kinds;
}

}  // namespace rowkeeper::plan
