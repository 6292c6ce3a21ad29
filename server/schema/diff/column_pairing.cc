#include <google/protobuf/descriptor.h>

#include <map>
#include <set>

#include "server/base/text.h"
#include "server/catalogue/former_names.h"
#include "server/schema/diff/pairing.h"
#include "server/sql/ddl.h"
#include "server/sql/ddl_change.h"
#include "server/sql/identifier.h"
#include "server/sql/types.h"

namespace rowkeeper::schema {
namespace {

using catalogue::Column;
using catalogue::Entity;
using sql::Identifier;

bool BelongsToNobody(const ColumnFacts& column) {
  return column.comment && DeclaredBy::Read(*column.comment).identity == kOfNobody;
}

class ColumnPairing {
 public:
  ColumnPairing(TablePair* pair, SchemaDiff* diff)
      : pair_(*pair),
        entity_(*pair->entity),
        live_(*pair->live),
        table_(LiveName(*pair->entity, *pair->live)),
        diff_(*diff) {}

  void Run() {
    pair_.columns.assign(entity_.columns.size(), nullptr);
    AskAboutNumbersThatTwoHave();
    for (const Column& column : entity_.columns) TakeByNumber(column);
    for (const Column& column : entity_.columns) TakeByName(column, column.name);
    for (const Column& column : entity_.columns) {
      for (const std::string& name : catalogue::FormerNamesOf(column)) TakeByName(column, name);
    }
    for (const ColumnFacts& column : live_.columns) SortLeftOver(column);
    for (const Column& column : entity_.columns) CheckNameIsFree(column);
    AskWhetherRenamed();
  }

 private:
  const ColumnFacts*& PairOf(const Column& column) { return pair_.columns[entity_.IndexOf(column)]; }

  void Take(const Column& column, const ColumnFacts& live) {
    PairOf(column) = &live;
    taken_.insert(&live);
  }

  void AskAboutNumbersThatTwoHave() {
    std::map<int, const ColumnFacts*> holders;
    for (const ColumnFacts& column : live_.columns) {
      const std::optional<int> number = column.number();
      if (!number || holders.emplace(*number, &column).second) continue;
      std::vector<std::string> answers;
      for (const ColumnFacts* holder : {holders.at(*number), &column}) {
        answers.push_back(Cat("if ", Identifier(holder->name), " is not, say so to the database and run diff again: ",
                              sql::CommentOnColumn(table_, holder->name, Cat("proto:", kOfNobody))));
      }
      Ask({Cat("Which of the columns ", Identifier(holders.at(*number)->name), " and ", Identifier(column.name), " of ",
               table_, ", whose comments both say ", *number, ", is that of field ", *number, "?"),
           answers});
    }
  }

  void TakeByNumber(const Column& column) {
    for (const ColumnFacts& live : live_.columns) {
      if (live.number() == std::optional<int>(column.field->number()) && taken_.count(&live) == 0) {
        return Take(column, live);
      }
    }
  }

  void TakeByName(const Column& column, const std::string& name) {
    const ColumnFacts* live = live_.FindColumn(name);
    if (PairOf(column) != nullptr || live == nullptr || taken_.count(live) > 0) return;
    if (!live->number() && !BelongsToNobody(*live)) Take(column, *live);
  }

  bool IsReserved(const ColumnFacts& column) const {
    const std::optional<int> number = column.number();
    if (number) return entity_.message->IsReservedNumber(*number);
    return !BelongsToNobody(column) && entity_.message->IsReservedName(column.name);
  }

  void SortLeftOver(const ColumnFacts& column) {
    if (taken_.count(&column) > 0 || column.name == entity_.internal_id) return;
    if (!IsReserved(column)) return pair_.undeclared.push_back(&column);
    pair_.dropped.push_back(&column);
    if (!column.number()) AskWhetherDropped(column);
  }

  /// A name alone does not tell that a declaration made the column.
  void AskWhetherDropped(const ColumnFacts& column) {
    diff_.questions.push_back(
        {Cat("Is the column ", Identifier(column.name), " of ", table_, ", which has no field number, to be dropped ",
             "with all its values, because its name is reserved?"),
         {"if yes, remove this question: the migration drops it",
          Cat("if not, say that it belongs to no field and run diff again: ",
              sql::CommentOnColumn(table_, column.name, Cat("proto:", kOfNobody)))}});
  }

  void CheckNameIsFree(const Column& column) {
    const ColumnFacts* holder = live_.FindColumn(column.name);
    if (holder == nullptr || holder == PairOf(column)) return;
    const std::optional<int> number = holder->number();
    Ask({Cat("May the column of ", entity_.full_name, ".", column.field->name(), " (field ", column.field->number(),
             ") have the name ", Identifier(column.name), ", which the column of ",
             number ? Cat("field ", *number) : "no field", " of ", table_, " has?"),
         {"A server that runs with the older protos would read and write the wrong column, and nothing would tell. "
          "Free "
          "the name first (rename or drop that column), replace all servers, and then give it again with another diff",
          "or give the field another column `name`",
          Cat("or, if it is the same column and only the field's number has changed: ",
              sql::CommentOnColumn(table_, holder->name, sql::ColumnIdentity(column)))}});
  }

  /// What is dropped and what is added may be one column with another name.
  void AskWhetherRenamed() {
    for (const Column& column : entity_.columns) {
      if (PairOf(column) != nullptr || live_.FindColumn(column.name) != nullptr) continue;
      for (const ColumnFacts* old : pair_.undeclared) {
        if (!BelongsToNobody(*old) && old->type == sql::SqlType(column.type)) return Ask(WhetherRenamed(*old, column));
      }
    }
  }

  Question WhetherRenamed(const ColumnFacts& old, const Column& column) const {
    const std::string name = Identifier(old.name);
    return {Cat("Is the column ", name, " of ", table_, ", which no field declares, the column of the new field ",
                entity_.full_name, ".", column.field->name(), " under another name?"),
            {Cat("if yes, say so to the database and run diff again: ",
                 sql::CommentOnColumn(table_, old.name, sql::ColumnIdentity(column))),
             old.number() ? Cat("if not, write `reserved ", *old.number(), ";` to have it dropped")
                          : Cat("if not, write `reserved \"", old.name, "\";` to have it dropped"),
             Cat("if not, and it is to stay, say that it belongs to no field and run diff again: ",
                 sql::CommentOnColumn(table_, old.name, Cat("proto:", kOfNobody)))}};
  }

  void Ask(Question question) {
    pair_.undecided = true;
    diff_.questions.push_back(std::move(question));
  }

  TablePair& pair_;
  const Entity& entity_;
  const TableFacts& live_;
  const std::string table_;
  SchemaDiff& diff_;
  std::set<const ColumnFacts*> taken_;
};

}  // namespace

void PairColumns(TablePair* pair, SchemaDiff* diff) { ColumnPairing(pair, diff).Run(); }

}  // namespace rowkeeper::schema
