#include "server/plan/variant.h"

#include "server/plan/filter/expression.h"
#include "server/plan/mask/json_mask.h"
#include "server/plan/relation/selection.h"

namespace rowkeeper::plan {
namespace {

void AppendNumbers(const std::vector<int>& numbers, std::string* key) {
  for (int number : numbers) {
    key->append(std::to_string(number));
    key->push_back(',');
  }
  key->push_back('|');
}

}  // namespace

std::string Variant::Key() const {
  std::string key;
  key.reserve(64);
  AppendNumbers(columns, &key);
  AppendNumbers(written, &key);
  AppendNumbers(unchanged, &key);
  AppendNumbers(filters, &key);
  AppendNumbers(not_null, &key);
  key.push_back(static_cast<char>('0' + static_cast<int>(deleted)));
  key.push_back(version_guard ? 'v' : '-');
  for (const catalogue::OrderTerm& term : order) {
    key.push_back(term.descending ? '>' : '<');
    if (term.nulls_moved) key.push_back('!');
    key.append(std::to_string(term.column));
  }
  key.push_back('|');
  AppendNumbers(defaulted, &key);
  AppendNumbers(updated, &key);
  key.push_back(unchanged_if_given ? 'g' : '-');
  key.push_back(allow_missing ? 'm' : '-');
  key.push_back(backward ? 'b' : '-');
  key.push_back(skip ? 's' : '-');
  key.push_back(max_affected ? 'x' : '-');
  for (bool null : cursor_nulls) key.push_back(null ? '0' : '1');
  if (expression != nullptr) key.append(expression->Key());
  if (relations != nullptr) relations->AppendKey(&key);
  // What is read of JSON columns is no part of the SQL, and so not of the key.
  if (json != nullptr) json->AppendKey(&key);
  return key;
}

}  // namespace rowkeeper::plan
