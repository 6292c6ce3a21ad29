#pragma once

#include <string>
#include <vector>

namespace rowkeeper::schema {

/// A place of a .proto file and what stands there.
struct DiffKind {
  /// A fact: "a column is added".
  const char* name;
  /// Of diff_kinds.cc's file; each kind has places of its own, so that any two can be made together.
  const char* place;
  const char* before;
  const char* after;
  /// SQL for what down leaves to people where rows are; does nothing where there is nothing to do.
  const char* mend = "";
};

/// Every kind of change that a declaration can undergo and that `migrate diff` decides by itself.
const std::vector<DiffKind>& DiffKinds();

/// The file before any change, and with the changes of some kinds.
std::string ProtoWith(const std::vector<const DiffKind*>& kinds);

/// SQL that fills the tables of the file before any change with rows.
std::string RowsBefore();

}  // namespace rowkeeper::schema
