#include "server/schema/diff/pairing.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/catalogue/former_names.h"
#include "server/sql/ddl.h"
#include "server/sql/ddl_change.h"
#include "server/sql/identifier.h"

namespace rowkeeper::schema {
namespace {

using catalogue::Column;
using catalogue::Entity;
using sql::Identifier;

std::string MessageOfTable(const TableFacts& table) {
  return table.comment ? DeclaredBy::Read(*table.comment).identity : "";
}

bool IsNamed(const TableFacts& table, const Entity& entity) {
  return table.name == entity.table && (entity.schema.empty() ? table.visible : table.schema == entity.schema);
}

class TablePairing {
 public:
  TablePairing(const catalogue::Catalogue& catalogue, std::vector<TableFacts>* relations, SchemaDiff* diff)
      : catalogue_(catalogue),
        dropped_(catalogue::DroppedEntities(catalogue.source())),
        relations_(*relations),
        diff_(*diff) {}

  PairedTables Run() {
    std::vector<TablePair> pairs;
    for (const auto& entity : catalogue_.entities()) {
      TablePair pair;
      pair.entity = entity.get();
      FindByMessage(&pair);
      if (pair.live == nullptr && !pair.undecided) AskAboutHidden(&pair);
      pairs.push_back(pair);
    }
    for (TablePair& pair : pairs) {
      if (pair.live == nullptr && !pair.undecided) FindByFormerMessage(&pair);
    }
    for (TablePair& pair : pairs) {
      if (pair.live == nullptr && !pair.undecided) FindByName(&pair);
    }
    for (TablePair& pair : pairs) {
      if (pair.live == nullptr && !pair.undecided) FindByFormerName(&pair);
      if (pair.live != nullptr) CheckPlace(&pair);
    }
    PairedTables paired;
    paired.dropped = FindDropped();
    for (TablePair& pair : pairs) {
      if (pair.live == nullptr && !pair.undecided) AskWhetherRenamed(&pair);
    }
    ListUndeclared();
    paired.pairs = std::move(pairs);
    return paired;
  }

 private:
  /// A table that its bare name does not find is none that the server reads, where no `schema` is declared.
  static bool IsHidden(const TableFacts& table, const Entity& entity) {
    return entity.schema.empty() && !table.visible;
  }

  void FindByMessage(TablePair* pair) {
    const Entity& entity = *pair->entity;
    std::vector<TableFacts*> found;
    for (TableFacts& table : relations_) {
      if (MessageOfTable(table) == entity.full_name && !IsHidden(table, entity)) found.push_back(&table);
    }
    if (found.empty()) return;
    const auto named =
        std::find_if(found.begin(), found.end(), [&](TableFacts* table) { return IsNamed(*table, entity); });
    if (named != found.end()) return Take(pair, *named);
    if (found.size() == 1) return Take(pair, found.front());
    for (TableFacts* table : found) taken_.insert(table);
    Ask(pair, WhichIsMeant(Cat("that of ", entity.full_name), entity.full_name, found));
  }

  static Question WhichIsMeant(const std::string& role, const std::string& message,
                               const std::vector<TableFacts*>& tables) {
    std::vector<std::string> names, answers;
    for (const TableFacts* table : tables) {
      names.push_back(Cat(Identifier(table->schema), ".", Identifier(table->name)));
      answers.push_back(Cat("if ", names.back(), " is not, say so to the database and run diff again: ",
                            sql::CommentOnTable(names.back(), std::nullopt)));
    }
    return {Cat("Which of the tables ", absl::StrJoin(names, " and "), ", whose comments all name ", message, ", is ",
                role, "?"),
            answers};
  }

  std::vector<TableFacts*> FindDropped() {
    std::map<std::string, std::vector<TableFacts*>> by_message;
    for (TableFacts& table : relations_) {
      if (IsDropped(table)) by_message[MessageOfTable(table)].push_back(&table);
    }
    std::vector<TableFacts*> dropped;
    for (const auto& [message, tables] : by_message) {
      if (tables.size() == 1) {
        dropped.push_back(tables.front());
      } else {
        diff_.questions.push_back(WhichIsMeant("to be dropped", message, tables));
      }
    }
    return dropped;
  }

  void Take(TablePair* pair, TableFacts* table) {
    pair->live = table;
    taken_.insert(table);
  }

  void FindByFormerMessage(TablePair* pair) {
    for (const std::string& name : catalogue::FormerNamesOf(*pair->entity)) {
      for (TableFacts& table : relations_) {
        const bool free = taken_.count(&table) == 0 && !IsHidden(table, *pair->entity);
        if (free && MessageOfTable(table) == name) return Take(pair, &table);
      }
    }
  }

  /// A comment, where there is one, knows better.
  void FindByFormerName(TablePair* pair) {
    const Entity& entity = *pair->entity;
    for (const std::string& name : catalogue::FormerNamesOf(entity)) {
      for (TableFacts& table : relations_) {
        const bool here = entity.schema.empty() ? table.visible : table.schema == entity.schema;
        const bool free = taken_.count(&table) == 0 && MessageOfTable(table).empty();
        if (here && free && table.name == name) return Take(pair, &table);
      }
    }
  }

  bool IsDropped(const TableFacts& table) const {
    return taken_.count(&table) == 0 && dropped_.count(MessageOfTable(table)) > 0;
  }

  void AskAboutHidden(TablePair* pair) {
    const Entity& entity = *pair->entity;
    for (const TableFacts& table : relations_) {
      if (MessageOfTable(table) != entity.full_name || !IsHidden(table, entity)) continue;
      const std::string name = Cat(Identifier(table.schema), ".", Identifier(table.name));
      Ask(pair, {Cat("Where is the table of ", entity.full_name, ", when ", name,
                     " says that it is, but its name without the schema does not find it?"),
                 {Cat("write `schema: \"", table.schema, "\"` at the entity, or put that schema first in search_path"),
                  Cat("or, if it is another one, say so to the database and run diff again: ",
                      sql::CommentOnTable(name, std::nullopt))}});
      taken_.insert(&table);
      return;
    }
  }

  void FindByName(TablePair* pair) {
    const Entity& entity = *pair->entity;
    for (TableFacts& table : relations_) {
      if (!IsNamed(table, entity)) continue;
      if (taken_.count(&table) == 0) return Take(pair, &table);
      Ask(pair, {Cat("May ", entity.full_name, " have the table name ", sql::Table(entity), ", which the table of ",
                     MessageOfTable(table), " still has?"),
                 {"A server that runs with the older protos would read and write the wrong table. Rename that table "
                  "first, replace all servers, and then make the new one with another diff",
                  "or give the new entity another `table`"}});
      return;
    }
  }

  /// The table that the entity goes to must be a table, in its schema, under a name that is free.
  void CheckPlace(TablePair* pair) {
    const Entity& entity = *pair->entity;
    const TableFacts& live = *pair->live;
    const std::string name = LiveName(entity, live);
    if (live.relkind != "r" && live.relkind != "p") {
      Ask(pair, {Cat("What is to become of ", name, ", which ", entity.full_name, " needs as a table, but which is ",
                     live.relkind == "f" ? "a foreign table?" : "a view?"),
                 {"drop it or rename it by hand", "or give the entity another `table`"}});
    } else if (!entity.schema.empty() && live.schema != entity.schema) {
      Ask(pair, {Cat("Is the table ", Identifier(live.schema), ".", Identifier(live.name), " of ", entity.full_name,
                     " to move to the schema ", Identifier(entity.schema), "?"),
                 {Cat("ALTER TABLE ", Identifier(live.schema), ".", Identifier(live.name), " SET SCHEMA ",
                      Identifier(entity.schema), " (not while servers run that know it in the old one)"),
                  "or write `schema` as it was"}});
    } else if (live.name != entity.table) {
      for (const TableFacts& other : relations_) {
        if (&other == &live || !IsNamed(other, entity)) continue;
        Ask(pair, {Cat("May the table ", name, " of ", entity.full_name, " be renamed to ", Identifier(entity.table),
                       ", a name that another table has?"),
                   {"rename or drop the other table first and replace all servers that know it, then run diff again",
                    "or give the entity another `table`"}});
        break;
      }
    }
  }

  /// A table that says that its message is gone may be the one that the new entity is to have.
  void AskWhetherRenamed(TablePair* pair) {
    for (const TableFacts& table : relations_) {
      const std::string message = MessageOfTable(table);
      const bool known = IsDropped(table) || catalogue_.FindEntity(message) != nullptr;
      if (message.empty() || taken_.count(&table) > 0 || known) continue;
      const std::string name = LiveName(*pair->entity, table);
      Ask(pair,
          {Cat("Is the table ", name, ", whose message ", message, " is gone, that of ", pair->entity->full_name, "?"),
           {Cat("if yes, say so to the database and run diff again: ",
                sql::CommentOnTable(name, sql::TableIdentity(*pair->entity))),
            Cat("or write `former_names: \"", message, "\"` at the entity"),
            Cat("if not, let it belong to nobody and run diff again: ", sql::CommentOnTable(name, std::nullopt)),
            Cat("or write `option (rowkeeper.v1.dropped_entities) = \"", message, "\";` to have it dropped")}});
      return;
    }
  }

  void ListUndeclared() {
    for (const TableFacts& table : relations_) {
      if (taken_.count(&table) > 0 || IsDropped(table)) continue;
      const bool view = table.relkind == "v" || table.relkind == "m";
      diff_.left_alone.push_back(Cat(view ? "view " : "table ", Identifier(table.schema), ".", Identifier(table.name)));
    }
  }

  void Ask(TablePair* pair, Question question) {
    pair->undecided = true;
    diff_.questions.push_back(std::move(question));
  }

  const catalogue::Catalogue& catalogue_;
  const std::set<std::string> dropped_;
  std::vector<TableFacts>& relations_;
  SchemaDiff& diff_;
  std::set<const TableFacts*> taken_;
};

}  // namespace

PairedTables PairTables(const catalogue::Catalogue& catalogue, std::vector<TableFacts>* relations, SchemaDiff* diff) {
  return TablePairing(catalogue, relations, diff).Run();
}

std::string LiveName(const Entity& entity, const TableFacts& table) {
  return entity.schema.empty() ? Identifier(table.name) : Cat(Identifier(table.schema), ".", Identifier(table.name));
}

AlignedEntities::AlignedEntities(const std::vector<TablePair>& pairs) {
  for (const TablePair& pair : pairs) {
    auto copy = std::make_unique<Entity>(*pair.entity);
    if (pair.live != nullptr) copy->table = pair.live->name;
    for (size_t i = 0; i < pair.columns.size(); ++i) {
      if (pair.columns[i] != nullptr) copy->columns[i].name = pair.columns[i]->name;
    }
    copies_[pair.entity] = std::move(copy);
  }
  for (auto& [entity, copy] : copies_) {
    for (Column& column : copy->columns) {
      if (column.reference) column.reference->entity = copies_.at(column.reference->entity).get();
    }
  }
}

}  // namespace rowkeeper::schema
