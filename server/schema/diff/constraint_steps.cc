#include "server/schema/diff/constraint_steps.h"

#include <algorithm>
#include <utility>

#include "server/base/text.h"
#include "server/sql/ddl.h"
#include "server/sql/ddl_change.h"
#include "server/sql/identifier.h"

namespace rowkeeper::schema {

using sql::Identifier;

ConstraintSteps::ConstraintSteps(const TableComparison& table, ConstraintFacts::Kind kind, SchemaDiff* diff)
    : table_(table),
      name_(table.table()),
      identity_(sql::TableIdentity(table.entity)),
      kind_(kind),
      word_(kind == ConstraintFacts::Kind::kForeignKey ? "foreign key" : "check"),
      diff_(*diff) {}

bool ConstraintSteps::BindsNewRowsFirst() const {
  return kind_ != ConstraintFacts::Kind::kForeignKey || !table_.live.is_partitioned();
}

std::string ConstraintSteps::AddFirst(const std::string& constraint, const std::string& definition) const {
  return BindsNewRowsFirst() ? sql::AddConstraintNotValid(name_, constraint, definition)
                             : sql::AddConstraint(name_, constraint, definition);
}

const char* ConstraintSteps::Bound() const {
  return BindsNewRowsFirst() ? ": for new rows" : ", while nobody writes to the table";
}

void ConstraintSteps::Add(const std::string& constraint, const std::string& definition) {
  diff_.Add(StepKind::kConstraints, Cat("add the ", word_, " ", Identifier(constraint), " to ", name_, Bound()),
            {AddFirst(constraint, definition)}, {sql::DropConstraint(name_, constraint)});
  if (BindsNewRowsFirst()) Validate(constraint, definition, std::nullopt);
  Mark(constraint);
}

void ConstraintSteps::Replace(const ConstraintFacts& live, const std::string& constraint,
                              const std::string& definition) {
  std::vector<std::string> down = {sql::DropConstraint(name_, constraint)};
  AppendAgain(live, &down);
  diff_.Add(StepKind::kConstraints, Cat("replace the ", word_, " ", Identifier(live.name), " of ", name_, Bound()),
            {sql::DropConstraint(name_, live.name), AddFirst(constraint, definition)}, down);
  if (BindsNewRowsFirst()) Validate(constraint, definition, std::nullopt);
  Mark(constraint);
}

void ConstraintSteps::Keep(const ConstraintFacts& live, const std::string& constraint, const std::string& definition) {
  if (!live.valid) Validate(live.name, definition, live.comment);
  const bool declared = WasDeclared(live.comment);
  if (live.name != constraint && declared) {
    diff_.Add(StepKind::kRename,
              Cat("rename the ", word_, " ", Identifier(live.name), " of ", name_, " to ", Identifier(constraint)),
              {sql::RenameConstraint(name_, live.name, constraint)},
              {sql::RenameConstraint(name_, constraint, live.name)});
  } else if (live.name == constraint && !declared) {
    diff_.Add(StepKind::kAdopt, Cat("note in a comment that ", Identifier(live.name), " of ", name_, " is declared"),
              {sql::CommentOnConstraint(name_, live.name, WithIdentity(identity_, live.comment))},
              {sql::CommentOnConstraint(name_, live.name, live.comment)});
  }
}

void ConstraintSteps::LeaveOrDrop(const ConstraintFacts& live) {
  const bool of_dropped = std::any_of(live.columns.begin(), live.columns.end(),
                                      [&](const std::string& column) { return table_.is_dropped(column); });
  if (!of_dropped && !WasDeclared(live.comment)) {
    diff_.left_alone.push_back(Cat(word_, " ", Identifier(live.name), " of ", name_));
    return;
  }
  std::vector<std::string> down;
  AppendAgain(live, &down);
  diff_.Add(StepKind::kChange, Cat("drop the ", word_, " ", Identifier(live.name), " of ", name_),
            {sql::DropConstraint(name_, live.name)}, down);
}

void ConstraintSteps::Validate(const std::string& constraint, const std::string& definition,
                               const std::optional<std::string>& comment) {
  std::vector<std::string> down = {sql::ReplaceConstraintNotValid(name_, constraint, definition)};
  if (comment) down.push_back(sql::CommentOnConstraint(name_, constraint, comment));
  diff_.Add(StepKind::kValidate, Cat("hold ", Identifier(constraint), " of ", name_, " against the rows that exist"),
            {sql::ValidateConstraint(name_, constraint)}, down);
}

void ConstraintSteps::Mark(const std::string& constraint) {
  const std::string renamed = sql::Table(table_.entity);
  diff_.Add(StepKind::kMark, Cat("note in a comment that ", Identifier(constraint), " of ", renamed, " is declared"),
            {sql::CommentOnConstraint(renamed, constraint, identity_)},
            {sql::CommentOnConstraint(renamed, constraint, std::nullopt)});
}

void ConstraintSteps::AppendAgain(const ConstraintFacts& live, std::vector<std::string>* statements) const {
  statements->push_back(sql::AddConstraint(name_, live.name, live.definition));
  if (live.comment) statements->push_back(sql::CommentOnConstraint(name_, live.name, live.comment));
}

}  // namespace rowkeeper::schema
