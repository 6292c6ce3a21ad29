#include "server/exec/relation_loader.h"

#include <google/protobuf/descriptor.h>

#include <string>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "server/base/array_literal.h"
#include "server/base/errors.h"
#include "server/base/relation_errors.h"
#include "server/base/text.h"

namespace rowkeeper::exec {
namespace {

/// The values that the parents' rows are found by, each once.
class ParentKeys {
 public:
  ParentKeys(const db::Rows& rows, int count, int cell) {
    places_.reserve(static_cast<size_t>(count));
    absl::flat_hash_map<absl::string_view, int> known;
    for (int row = 0; row < count; ++row)
      places_.push_back(rows.is_null(row, cell) ? -1 : Add(rows.cell(row, cell), &known));
    literal_.push_back('}');
  }

  int size() const { return size_; }
  const std::string& literal() const { return literal_; }
  /// Of each parent: its value's place, from 0, or -1 when it has none.
  const std::vector<int>& places() const { return places_; }

 private:
  int Add(std::string_view key, absl::flat_hash_map<absl::string_view, int>* known) {
    const auto [found, added] = known->try_emplace(ToAbsl(key), size_);
    if (added) {
      if (size_++ > 0) literal_.push_back(',');
      AppendQuotedElement(key, &literal_);
    }
    return found->second;
  }

  int size_ = 0;
  std::string literal_ = "{";
  std::vector<int> places_;
};

/// Which rows belong to each of `places` keys. They stand together.
std::vector<RelationRows::Range> RangesOf(const db::Rows& rows, int place_cell, int places) {
  std::vector<RelationRows::Range> ranges(static_cast<size_t>(places));
  for (int row = 0; row < rows.size(); ++row) {
    RelationRows::Range& range = ranges.at(std::stoul(std::string(rows.cell(row, place_cell))) - 1);
    if (range.count++ == 0) range.first = row;
  }
  return ranges;
}

}  // namespace

RelationLoader::RelationLoader(const Execution& execution, std::shared_ptr<const plan::RelationSelection> selection)
    : execution_(execution), selection_(std::move(selection)) {}

absl::Status RelationLoader::Load(Outcome* outcome) {
  if (outcome->statement == nullptr || outcome->row_count == 0) return absl::OkStatus();
  auto related = std::make_shared<RelatedRows>();
  related->selection = selection_;
  const Parents parents{outcome->rows, outcome->row_count, outcome->statement->link_cells};
  absl::StatusOr<std::vector<RelationRows>> loaded = LoadAll(*related->selection, parents);
  if (!loaded.ok()) return loaded.status();
  related->relations = *std::move(loaded);
  outcome->related = std::move(related);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<RelationRows>> RelationLoader::LoadAll(const plan::RelationSelection& selection,
                                                                  const Parents& parents) {
  std::vector<RelationRows> all;
  for (size_t i = 0; i < selection.relations.size(); ++i) {
    absl::StatusOr<RelationRows> one = LoadOne(selection.relations[i], parents, parents.link_cells[i]);
    if (!one.ok()) return one.status();
    all.push_back(*std::move(one));
  }
  return all;
}

absl::StatusOr<RelationRows> RelationLoader::LoadOne(const plan::SelectedRelation& selected, const Parents& parents,
                                                     int link_cell) {
  RelationRows loaded;
  loaded.relation = &selected;
  loaded.of_parent.resize(static_cast<size_t>(parents.count));
  const ParentKeys keys(parents.rows, parents.count, link_cell);
  if (keys.size() == 0) return loaded;
  loaded.statement = execution_.parts.statements->GetRelation(selected);
  absl::StatusOr<db::Rows> rows = Execute(selected, *loaded.statement, keys.literal());
  if (!rows.ok()) return rows.status();
  loaded.rows = *std::move(rows);
  const std::vector<RelationRows::Range> ranges = RangesOf(loaded.rows, loaded.statement->element_cell, keys.size());
  for (size_t i = 0; i < loaded.of_parent.size(); ++i) {
    if (keys.places()[i] >= 0) loaded.of_parent[i] = ranges[static_cast<size_t>(keys.places()[i])];
  }
  if (loaded.rows.size() == 0) return loaded;
  absl::StatusOr<std::vector<RelationRows>> below =
      LoadAll(selected.children, {loaded.rows, loaded.rows.size(), loaded.statement->link_cells});
  if (!below.ok()) return below.status();
  loaded.below = *std::move(below);
  return loaded;
}

absl::StatusOr<db::Rows> RelationLoader::Execute(const plan::SelectedRelation& selected,
                                                 const sql::Statement& statement, const std::string& keys) {
  std::vector<db::Param> params;
  for (const sql::Parameter& parameter : statement.parameters) {
    if (parameter.source == sql::Parameter::Source::kParentKeys) {
      params.emplace_back(keys);
    } else if (parameter.source == sql::Parameter::Source::kTenant) {
      params.push_back(ValueOf(execution_.call, parameter));
    } else {
      params.push_back(selected.operands[static_cast<size_t>(parameter.index)]);
    }
  }
  absl::StatusOr<db::Rows> rows = execution_.Execute(statement, params, db::Query::Effect::kRead);
  if (ReasonOf(rows.status()) == Reason::kResponseTooLarge) return NotReadToTheirEnd(selected, rows.status());
  if (!rows.ok()) return rows;
  if (absl::Status status = CountBytes(selected, *rows); !status.ok()) return status;
  return rows;
}

/// More came than any response may have, and so, unless its limit is the larger one, more than relations may bring.
absl::Status RelationLoader::NotReadToTheirEnd(const plan::SelectedRelation& selected,
                                               const absl::Status& error) const {
  if (selection_->max_bytes > static_cast<size_t>(execution_.parts.max_response_bytes) * kRowsPerResponse) return error;
  return RelatedRowsTooLarge(selected.relation->field->full_name(), selection_->max_bytes);
}

absl::Status RelationLoader::CountBytes(const plan::SelectedRelation& selected, const db::Rows& rows) {
  for (int row = 0; row < rows.size(); ++row) {
    for (int column = 0; column < rows.columns(); ++column) bytes_ += rows.cell(row, column).size();
    if (bytes_ > selection_->max_bytes)
      return RelatedRowsTooLarge(selected.relation->field->full_name(), selection_->max_bytes);
  }
  return absl::OkStatus();
}

}  // namespace rowkeeper::exec
