#pragma once

#include "server/catalogue/operation.h"
#include "server/plan/request.h"

namespace rowkeeper::exec {

/// Whether a write that sees rows as `deleted` says may touch one in this state; restores are about deleted rows only.
inline bool IsInReach(catalogue::Change change, plan::Deleted deleted, bool live) {
  if (change == catalogue::Change::kRestore) return !live;
  switch (deleted) {
    case plan::Deleted::kExclude:
      return live;
    case plan::Deleted::kInclude:
      return true;
    case plan::Deleted::kOnly:
      return !live;
  }
  return live;
}

}  // namespace rowkeeper::exec
