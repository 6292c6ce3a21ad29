#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/base/limits.h"
#include "server/catalogue/entity.h"
#include "server/plan/filter/limits.h"

namespace rowkeeper::plan {

/// A filter expression as a tree of conditions on columns. It has no texts: operands are parameters, named by their
/// place in plan::Call::computed. Every condition is true or false of a row, never unknown: a row without a value meets
/// no comparison but `!=`. Immutable once compiled.
struct FilterExpression {
  enum class Kind {
    kAnd,
    kOr,
    kNot,
    kEqual,
    kNotEqual,
    kLess,
    kLessOrEqual,
    kGreater,
    kGreaterOrEqual,
    kLike,          ///< text; the operand is a pattern
    kIsNull,        ///< no operand
    kHasValue,      ///< no operand
    kHasElement,    ///< array; the operand is one element
    kNotEmpty,      ///< array; no operand
    kHasKey,        ///< jsonb object; the operand is a key
    kHasPath,       ///< jsonb object; the operand is an array of keys that lead to a value
    kContainsJson,  ///< jsonb object; the operand is a part of it
  };
  Kind kind = Kind::kAnd;
  /// kAnd, kOr: two or more. kNot: one.
  std::vector<FilterExpression> parts = {};
  /// Conditions: index into Entity::columns.
  int column = -1;
  /// Conditions with an operand: index into plan::Call::computed.
  int operand = -1;

  /// Equal for equal expressions over one entity, and only for those.
  std::string Key() const;
};

/// Which columns an expression may name.
enum class FilterColumns {
  kFilterable,  ///< a caller's
  kAll,         ///< one that is declared in the catalogue
};

struct CompiledFilter {
  /// nullptr: the text was empty, and every row matches.
  std::shared_ptr<const FilterExpression> expression;
  /// In PostgreSQL's text form, each valid for its column's type: the values of `computed` from `first_operand` on.
  std::vector<std::string> operands;
};

/// Compiles an AIP-160 filter over `entity`:
///   AND, OR (which binds closer than AND), NOT and - ; parentheses; = != < <= > >= and : (has)
/// Operands are words or quoted strings in which a backslash makes the next character mean itself; `*` in the operand
/// of = or != on text stands for any text. `field = null` asks for rows without a value, `field:*` for those with one.
/// `field:x` is text or an array with x in it, or an object with the key x; `object.key.key = x` looks into an object.
/// nullopt: `*problem` says where and what is wrong, and what to write, and `*limit`, which may be null, what it is
/// beyond, if anything. Pure.
std::optional<CompiledFilter> CompileFilter(const catalogue::Entity& entity, std::string_view text,
                                            FilterColumns columns, const FilterLimits& limits, int first_operand,
                                            std::string* problem, std::optional<Limit>* limit = nullptr);

/// The kinds of conditions that expressions can put on `column`.
std::vector<FilterExpression::Kind> FilterKindsOf(const catalogue::Column& column);

/// Whether a condition of this kind has an operand.
bool HasOperand(FilterExpression::Kind kind);

}  // namespace rowkeeper::plan
