#pragma once

#include <functional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/pg/server/server_fixture.h"

/// A plain model in memory of what lists answer, and random questions to put to both.
namespace rowkeeper::testing {

/// Items with columns of every kind that lists filter and sort by, and all that a list can have.
extern const char kListModelCatalogue[];

using Random = std::mt19937;

int Below(int limit, Random* random);
bool Coin(Random* random);
Json RandomListItem(Random* random);

/// A filter expression and what it means.
struct Expression {
  std::string text;
  std::function<bool(const Json& item)> holds;
  /// 0: a condition, or something in parentheses; 1: NOT; 2: OR; 3: AND.
  int level = 0;
};

/// With at most `size` conditions.
Expression RandomExpression(int size, Random* random);

/// `text` as a quoted operand.
std::string Quoted(const std::string& text, Random* random);

/// An order and what it means.
struct Order {
  std::string text;
  /// Whether `a` comes before `b`.
  std::function<bool(const Json& a, const Json& b)> before;
};

Order RandomOrder(Random* random);

}  // namespace rowkeeper::testing
