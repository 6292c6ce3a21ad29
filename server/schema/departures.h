#pragma once

#include <memory>
#include <string>
#include <vector>

#include "server/schema/migration_file.h"
#include "server/schema/migration_options.h"

namespace rowkeeper::schema {

/// COMMENT ON TABLE or COLUMN in a file, by the names from before it.
struct GivenComment {
  std::string table;
  /// Empty: on the table.
  std::string column;
  /// See sql::DeclaredBy; empty: none.
  std::string identity;
};

/// Something that a block of a file takes from servers which were started with older protos.
struct Departure {
  enum class Kind {
    kColumn,     ///< dropped, or renamed
    kTable,      ///< dropped, renamed, or moved to another schema
    kSchema,     ///< with all tables in it
    kType,       ///< a column gets another one, for which rows are written again, or another column takes its place
    kNull,       ///< a column takes no NULL any more
    kNullable,   ///< a column takes NULL from now on, which servers that never give one do not read
    kRequired,   ///< a new column that each INSERT has to give
    kNoDefault,  ///< a column has no default any more, as one that was made with a value for the rows that exist
    kDefault,    ///< a column gets one, and servers that write none would store another value
    kName,       ///< something gets a name, which servers may know something else by
    kComment,    ///< a table or column gets another comment, by which servers find what was renamed
  };
  Kind kind = Kind::kColumn;
  std::string path;
  /// 1-based, in the file.
  int line = 1;
  /// "name" or "schema.name", without quotes; of kSchema the schema. Names are those from before the file.
  std::string table;
  /// Empty where it is about the whole table or schema.
  std::string column;
  /// Of kType: the new one, as format_type() writes it; empty where that cannot be told.
  std::string type;
  /// The table was made by a file that runs before, in the same run.
  bool of_this_run = false;
  /// Of kColumn and kTable: it has another name after the file, and nothing else has taken its own.
  bool renamed = false;
  /// What is renamed: all of the file. Null: none.
  std::shared_ptr<const std::vector<GivenComment>> comments = nullptr;
  /// Of kName: the column, or the table, that is renamed so; empty where it is a new one.
  std::string from = {};
  /// Of kComment; see GivenComment.
  std::string identity = {};
};

/// What takes nothing away by itself, but may lead servers astray that find things by names and comments.
bool IsOfNames(Departure::Kind kind);

/// `column "todos"."title" goes`
std::string Describe(const Departure& departure);

/// What the block of each file that `blocks` chooses takes away, one list for each of them. Judged by the text alone:
/// what cannot be parsed, what is longer than 64 KiB, and the code of DO take nothing away. Tables that the same
/// file makes are nobody's yet. Pure.
std::vector<std::vector<Departure>> DeparturesOf(const ChosenBlocks& blocks);

}  // namespace rowkeeper::schema
