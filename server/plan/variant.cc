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

void AppendConditions(const WithConditions& conditions, std::string* key) {
  AppendNumbers(conditions.not_null, key);
  if (conditions.expression != nullptr) key->append(conditions.expression->Key());
}

void AppendGuards(const WithGuards& guards, std::string* key) {
  AppendNumbers(guards.unchanged, key);
  key->push_back(guards.version_guard ? 'v' : '-');
}

void AppendRelations(const WithRelations& with, std::string* key) {
  if (with.relations != nullptr) with.relations->AppendKey(key);
}

struct KeyAppender {
  template <typename FamilyVariant>
  void operator()(const FamilyVariant& family) const {
    family.AppendKey(key);
  }
  void operator()(const QueryVariant&) const {}

  std::string* key;
};

}  // namespace

void GetVariant::AppendKey(std::string* key) const { AppendRelations(*this, key); }

void ListVariant::AppendKey(std::string* key) const {
  for (const catalogue::OrderTerm& term : order) {
    key->push_back(term.descending ? '>' : '<');
    if (term.nulls_moved) key->push_back('!');
    key->append(std::to_string(term.column));
  }
  key->push_back('|');
  key->push_back(backward ? 'b' : '-');
  key->push_back(skip ? 's' : '-');
  for (bool null : cursor_nulls) key->push_back(null ? '0' : '1');
  key->push_back('|');
  AppendConditions(*this, key);
  AppendRelations(*this, key);
}

void WriteVariant::AppendKey(std::string* key) const {
  AppendNumbers(written, key);
  AppendGuards(*this, key);
}

void BatchVariant::AppendKey(std::string* key) const {
  AppendNumbers(written, key);
  AppendNumbers(defaulted, key);
  AppendNumbers(updated, key);
  AppendGuards(*this, key);
  key->push_back(unchanged_if_given ? 'g' : '-');
  key->push_back(allow_missing ? 'm' : '-');
  key->push_back(by_stored_key ? 's' : '-');
  AppendRelations(*this, key);
}

void BulkVariant::AppendKey(std::string* key) const {
  AppendNumbers(written, key);
  AppendConditions(*this, key);
}

void Variant::AppendKey(std::string* key) const {
  AppendNumbers(columns, key);
  AppendNumbers(filters, key);
  key->push_back(static_cast<char>('0' + static_cast<int>(deleted)));
  std::visit(KeyAppender{key}, family);
  // What is read of JSON columns is no part of the SQL, and so not of the key.
  if (json != nullptr) json->AppendKey(key);
}

}  // namespace rowkeeper::plan
