#include "server/app/migration_plan_text.h"

#include <algorithm>

#include "absl/strings/str_join.h"
#include "server/base/one_line.h"
#include "server/base/text.h"

namespace rowkeeper::app {
namespace {

using schema::PlannedBlock;
using schema::PlannedEffect;
using schema::PlannedStatement;
using schema::TableLock;
using schema::WayBack;

/// Who waits while such a lock is held.
const char* WhoWaits(TableLock lock) {
  if (lock == TableLock::kAccessExclusive) return "readers and writers wait";
  if (lock >= TableLock::kShare) return "writers wait";
  return lock == TableLock::kShareUpdateExclusive ? "only other schema changes wait"
                                                  : "only changes of the same rows wait";
}

std::string WorkOf(const PlannedEffect& effect) {
  if (effect.rewrites) return "; writes the whole table anew";
  return effect.scans ? "; reads all rows" : "";
}

std::string DescribeLock(const PlannedEffect& effect) {
  return Cat("    locks \"", effect.table, "\" ", NameOf(effect.lock), ": ", WhoWaits(effect.lock), WorkOf(effect));
}

std::string DescribePlanned(const PlannedStatement& statement) {
  std::string lines = Cat("  line ", statement.line, ": ", statement.text, "\n");
  for (const PlannedEffect& effect : statement.effects) lines += Cat(OneLine(DescribeLock(effect)), "\n");
  if (!statement.loses.empty()) lines += Cat(OneLine(Cat("    loses ", absl::StrJoin(statement.loses, ", "))), "\n");
  if (!statement.unknown.empty()) lines += Cat(OneLine(Cat("    not known: ", statement.unknown)), "\n");
  return lines;
}

std::string DescribeWayBack(const PlannedBlock& block, schema::Direction direction) {
  const bool up = direction == schema::Direction::kUp;
  switch (block.way_back) {
    case WayBack::kNone:
      return up ? "cannot be taken back: the down block does nothing" : "the up block does nothing";
    case WayBack::kWhole:
      return up ? "can be taken back" : "can be applied again";
    case WayBack::kLosesData:
      return Cat(up ? "taking it back loses " : "applying it again loses ",
                 absl::StrJoin(block.lost_on_the_way_back, ", "));
  }
  return "";
}

/// What the opposite block makes again is empty.
const char* WhatStaysLost(const PlannedBlock& block) {
  const bool loses = std::any_of(block.statements.begin(), block.statements.end(),
                                 [](const PlannedStatement& statement) { return !statement.loses.empty(); });
  return loses && block.way_back != WayBack::kNone ? "; what it loses stays lost" : "";
}

}  // namespace

bool IsWorthTelling(const PlannedBlock& block) { return !block.statements.empty(); }

std::string DescribePlan(const PlannedBlock& block, schema::Direction direction) {
  std::string lines = Cat(OneLine(Cat("  ", block.transaction ? "in one transaction; " : "statement by statement; ",
                                      DescribeWayBack(block, direction), WhatStaysLost(block))),
                          "\n");
  for (const PlannedStatement& statement : block.statements) lines += DescribePlanned(statement);
  if (block.others > 0) {
    lines += Cat("  ", block.others, block.statements.empty() ? "" : " more",
                 block.others == 1 ? " statement" : " statements", block.others == 1 ? " touches" : " touch",
                 " nothing that is there\n");
  }
  return lines;
}

}  // namespace rowkeeper::app
