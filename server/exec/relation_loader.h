#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/exec/execution.h"
#include "server/exec/outcome.h"
#include "server/exec/relation_rows.h"

namespace rowkeeper::exec {

/// Loads the relations of one call, one statement each, whatever the number of parents; none for a relation without
/// parents. Every statement sees what is committed when it starts, or what its transaction sees.
class RelationLoader {
 public:
  RelationLoader(const Execution& execution, std::shared_ptr<const plan::RelationSelection> selection);

  /// Fills `outcome->related` for its rows. Errors: those of the error table; RESOURCE_EXHAUSTED
  /// RELATED_ROWS_TOO_LARGE as soon as the rows have too many bytes, before any further statement.
  absl::Status Load(Outcome* outcome);

 private:
  struct Parents {
    const db::Rows& rows;
    int count;
    const std::vector<int>& link_cells;
  };

  absl::StatusOr<std::vector<RelationRows>> LoadAll(const plan::RelationSelection& selection, const Parents& parents);
  absl::StatusOr<RelationRows> LoadOne(const plan::SelectedRelation& selected, const Parents& parents, int link_cell);
  absl::StatusOr<db::Rows> Execute(const plan::SelectedRelation& selected, const sql::Statement& statement,
                                   const std::string& keys);
  absl::Status NotReadToTheirEnd(const plan::SelectedRelation& selected, const absl::Status& error) const;
  absl::Status CountBytes(const plan::SelectedRelation& selected, const db::Rows& rows);

  const Execution& execution_;
  const std::shared_ptr<const plan::RelationSelection> selection_;
  size_t bytes_ = 0;
};

}  // namespace rowkeeper::exec
