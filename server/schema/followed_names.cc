#include "server/schema/followed_names.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "server/schema/names_before.h"
#include "server/sql/declared_by.h"

namespace rowkeeper::schema {
namespace {

using nlohmann::json;
using Identities = std::map<std::string, std::string>;

/// Empty: none.
std::string IdentityInComment(const Identities& identities, const std::string& column) {
  const auto found = identities.find(column);
  return found == identities.end() ? "" : found->second;
}

bool IsFieldNumber(const std::string& identity) { return sql::DeclaredBy{identity, ""}.number().has_value(); }

/// Its comment says that it is not the column of a field that has another number.
bool IsOfAnotherField(const std::string& identity) { return IsFieldNumber(identity) || identity == sql::kOfNobody; }

/// The column that a server takes for the field; empty: none. See sql::LiveNames.
std::string FoundColumn(const Identities& identities, const std::string& number, const std::string& name) {
  const auto named = identities.find(name);
  const bool is_named = named != identities.end();
  if (is_named && named->second == number) return name;
  std::string holder;
  int holders = 0;
  for (const auto& [column, identity] : identities) {
    if (identity != number) continue;
    holder = column;
    ++holders;
  }
  if (holders == 1 && (!is_named || IsOfAnotherField(named->second))) return holder;
  return is_named && holders == 0 && !IsOfAnotherField(named->second) ? name : std::string();
}

/// What `identities` are after the departure.
Identities After(Identities identities, const Departure& departure) {
  if (departure.kind == Departure::Kind::kComment) {
    identities[departure.column] = departure.identity;
  } else if (departure.from.empty()) {
    identities[departure.column] = "";
  } else {
    std::string identity = IdentityInComment(identities, departure.from);
    identities.erase(departure.from);
    identities[departure.column] = std::move(identity);
  }
  return identities;
}

/// Whether the comments that the file gives leave the column, or the table, its identity to itself.
bool KeepsIdentity(const Departure& renamed, const MarkedTable& table, const std::string& number) {
  if (renamed.comments == nullptr) return true;
  return std::all_of(renamed.comments->begin(), renamed.comments->end(), [&](const GivenComment& given) {
    const bool of_table = MayBeSameTable(given.table, table.name);
    if (given.column.empty()) return of_table == (given.identity == table.message);
    if (!of_table || renamed.column.empty()) return true;
    return (given.column == renamed.column) == (given.identity == number);
  });
}

}  // namespace

MarkedTables::MarkedTables(std::vector<MarkedTable> tables) : tables_(std::move(tables)) {
  for (size_t i = 0; i < tables_.size(); ++i) {
    by_name_.emplace(std::string(WithoutSchema(tables_[i].name)), i);
    if (!tables_[i].message.empty()) by_message_.emplace(tables_[i].message, i);
  }
}

std::vector<const MarkedTable*> MarkedTables::Called(std::string_view name) const {
  std::vector<const MarkedTable*> called;
  const auto [begin, end] = by_name_.equal_range(WithoutSchema(name));
  for (auto one = begin; one != end; ++one) {
    const MarkedTable& table = tables_[one->second];
    if (MayBeSameTable(table.name, name)) called.push_back(&table);
  }
  return called;
}

std::vector<const MarkedTable*> MarkedTables::OfMessage(const std::string& message) const {
  std::vector<const MarkedTable*> tables;
  const auto [begin, end] = by_message_.equal_range(message);
  for (auto one = begin; one != end; ++one) tables.push_back(&tables_[one->second]);
  return tables;
}

FollowedNames::FollowedNames(const json& use, const MarkedTables& marked) : marked_(marked) {
  const auto said = use.is_object() ? use.find("messages") : use.end();
  if (said == use.end() || !said->is_object()) return;
  for (const auto& [name, message] : said->items()) {
    if (!message.is_object()) continue;
    const auto table = message.find("table"), fields = message.find("fields");
    if (table == message.end() || !table->is_string() || fields == message.end() || !fields->is_object()) continue;
    Message followed{*table, {}};
    for (const auto& [number, column] : fields->items()) {
      if (column.is_string()) followed.columns[number] = column;
    }
    by_table_.emplace(std::string(WithoutSchema(followed.table)), name);
    messages_.emplace(name, std::move(followed));
  }
}

const FollowedNames::Message* FollowedNames::Find(const std::string& message) const {
  const auto found = messages_.find(message);
  return found == messages_.end() ? nullptr : &found->second;
}

bool FollowedNames::Finds(const Departure& departure) const {
  if (!departure.renamed || messages_.empty()) return false;
  const auto tables = marked_.Called(departure.table);
  if (tables.size() != 1) return false;
  const MarkedTable& table = *tables.front();
  const Message* const message = Find(table.message);
  if (message == nullptr || marked_.OfMessage(table.message).size() != 1) return false;
  const auto [begin, end] = by_table_.equal_range(WithoutSchema(table.name));
  for (auto other = begin; other != end; ++other) {
    if (other->second != table.message && MayBeSameTable(Find(other->second)->table, table.name)) return false;
  }
  const std::string number = IdentityInComment(table.identities, departure.column);
  if (!KeepsIdentity(departure, table, number)) return false;
  if (departure.column.empty()) return marked_.Called(message->table).size() <= 1;
  return IsFieldNumber(number) && std::count_if(table.identities.begin(), table.identities.end(),
                                                [&](const auto& one) { return one.second == number; }) == 1;
}

std::vector<Departure> FollowedNames::AsDeclared(const Departure& departure) const {
  std::vector<Departure> declared;
  if (departure.kind == Departure::Kind::kSchema || messages_.empty()) return declared;
  for (const MarkedTable* const table : marked_.Called(departure.table)) {
    const Message* const message = Find(table->message);
    if (message == nullptr) continue;
    Departure one = departure;
    one.table = message->table;
    const auto column = message->columns.find(IdentityInComment(table->identities, departure.column));
    if (column != message->columns.end()) one.column = column->second;
    declared.push_back(std::move(one));
  }
  return declared;
}

bool FollowedNames::HasFollowed(const Message& message, const MarkedTable& table) const {
  return !MayBeSameTable(message.table, table.name) ||
         std::any_of(message.columns.begin(), message.columns.end(), [&](const auto& field) {
           const std::string found = FoundColumn(table.identities, field.first, field.second);
           return !found.empty() && found != field.second;
         });
}

/// The table departure.from, or a new one, gets the name that a followed one had.
bool FollowedNames::LosesTableName(const Departure& departure) const {
  const auto [begin, end] = by_table_.equal_range(WithoutSchema(departure.table));
  for (auto one = begin; one != end; ++one) {
    const Message& message = *Find(one->second);
    if (!MayBeSameTable(message.table, departure.table)) continue;
    for (const MarkedTable* const table : marked_.OfMessage(one->second)) {
      const bool comes_back = !departure.from.empty() && MayBeSameTable(departure.from, table->name);
      if (!comes_back && !MayBeSameTable(message.table, table->name)) return true;
    }
  }
  return false;
}

bool FollowedNames::LosesTableComment(const Departure& departure) const {
  bool has_it_already = false;
  for (const MarkedTable* const table : marked_.Called(departure.table)) {
    has_it_already = has_it_already || table->message == departure.identity;
    const Message* const message = Find(table->message);
    if (message != nullptr && table->message != departure.identity && HasFollowed(*message, *table)) return true;
  }
  const Message* const given = Find(departure.identity);
  if (has_it_already || given == nullptr || MayBeSameTable(given->table, departure.table)) return false;
  const auto [begin, end] = by_table_.equal_range(WithoutSchema(departure.table));
  for (auto other = begin; other != end; ++other) {
    if (other->second != departure.identity && MayBeSameTable(Find(other->second)->table, departure.table)) return true;
  }
  // Beside the table that has the name and the comment it is nothing.
  const auto called = marked_.Called(given->table);
  return std::none_of(called.begin(), called.end(),
                      [&](const MarkedTable* table) { return table->message == departure.identity; });
}

bool FollowedNames::LosesColumn(const Message& message, const MarkedTable& table, const Departure& departure) const {
  const bool comments = departure.kind == Departure::Kind::kComment;
  const std::string had = IdentityInComment(table.identities, departure.column);
  const std::string has = comments ? departure.identity : IdentityInComment(table.identities, departure.from);
  std::map<std::string, std::string> concerned;
  for (const auto& [number, name] : message.columns) {
    if (name == departure.column || number == had || number == has) concerned[number] = name;
  }
  if (concerned.empty()) return false;
  const Identities after = After(table.identities, departure);
  for (const auto& [number, name] : concerned) {
    const std::string found = FoundColumn(table.identities, number, name);
    const std::string& expected = found == departure.from ? departure.column : found;
    if (found.empty()) continue;
    // It may not have looked since the rename, and takes what has the name for its column until it does.
    const bool meets_other = !comments && name == departure.column && found != name && found != departure.from;
    if (meets_other || FoundColumn(after, number, name) != expected) return true;
  }
  return false;
}

bool FollowedNames::Loses(const Departure& departure) const {
  if (messages_.empty()) return false;
  if (departure.column.empty()) {
    return departure.kind == Departure::Kind::kName ? LosesTableName(departure) : LosesTableComment(departure);
  }
  const auto tables = marked_.Called(departure.table);
  return std::any_of(tables.begin(), tables.end(), [&](const MarkedTable* table) {
    const Message* const message = Find(table->message);
    return message != nullptr && LosesColumn(*message, *table, departure);
  });
}

}  // namespace rowkeeper::schema
