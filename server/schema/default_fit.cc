#include "server/schema/default_fit.h"

#include <google/protobuf/descriptor.h>

#include <limits>
#include <map>
#include <optional>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "server/plan/absent.h"
#include "server/schema/default_expression.h"
#include "server/schema/table_fit.h"
#include "server/sql/identifier.h"

namespace rowkeeper::schema {
namespace {

using catalogue::Change;
using catalogue::Column;
using catalogue::Entity;
using plan::MethodPlan;

std::string QuotedOption(const std::string& value) { return absl::StrCat("\"", absl::Utf8SafeCEscape(value), "\""); }

std::string AlterColumnText(const Entity& entity, const Column& column, const char* action) {
  return absl::StrCat("ALTER TABLE ", sql::Table(entity), " ALTER COLUMN ", sql::ColumnName(column), " ", action);
}

/// What the database would have filled in.
std::string FilledBy(const LiveColumn& live) {
  return live.identity != LiveColumn::Identity::kNone ? "is an identity column"
                                                      : absl::StrCat("has DEFAULT ", *live.default_sql);
}

std::string ShownZero(const std::string& zero) {
  if (zero == "f") return "false";
  return zero.empty() || zero == "\\x" ? "an empty value" : zero;
}

/// How to have the default, and how to do without it.
std::string DefaultRemedy(const Entity& entity, const Column& column, const LiveColumn& live,
                          const DefaultExpression& value, const std::string& zero) {
  const std::optional<std::string> declared = column.key ? std::nullopt : AsDefaultValue(column, value);
  const bool identity = live.identity != LiveColumn::Identity::kNone;
  return absl::StrCat(declared ? absl::StrCat("write `default_value: ", QuotedOption(*declared),
                                              "` (a create can then not store ", ShownZero(zero), ")")
                               : std::string("write `output_only: true` if the database always fills it"),
                      ", or ", AlterColumnText(entity, column, identity ? "DROP IDENTITY" : "DROP DEFAULT"));
}

/// Of a column without a mismatch.
constexpr size_t kNotRefused = std::numeric_limits<size_t>::max();

class DefaultFit {
 public:
  DefaultFit(const LiveSchema& live, FitReport* report) : live_(live), report_(*report) {}

  void Compare(const MethodPlan& plan) {
    if (plan.change() != Change::kCreate && plan.change() != Change::kUpsert) return;
    for (const plan::ValueTerm& value : plan.values) {
      const Column& column = plan.entity->columns[value.column];
      // Only a batch writes a declared default: where some of its rows give the field and others do not.
      const bool written = !column.has_default() || plan.family() == catalogue::Family::kBatch;
      if (!written) continue;
      const auto [seen, first] = seen_.emplace(&column, kNotRefused);
      if (!first) {
        if (seen->second != kNotRefused) report_.mismatches[seen->second].methods.push_back(plan.full_name);
        continue;
      }
      const LiveColumn* live = live_.Of(*plan.entity).FindColumn(column.name);
      if (live == nullptr) continue;
      column.has_default() ? CompareDeclared(plan, column, *live) : CompareColumn(plan, column, *live);
    }
  }

 private:
  void CompareDeclared(const MethodPlan& plan, const Column& column, const LiveColumn& live) {
    if (!live.default_sql || !DiffersFromDeclared(column, ReadDefault(*live.default_sql))) return;
    Advise(ColumnMismatch(
        *plan.entity, column,
        absl::StrCat(FilledBy(live), ", but the field declares ", QuotedOption(column.default_literal),
                     ": rows without the field get the database's default, and the declared one where other rows of ",
                     plan.full_name, " give the field; make them equal")));
  }

  void CompareColumn(const MethodPlan& plan, const Column& column, const LiveColumn& live) {
    if (live.identity == LiveColumn::Identity::kNone && !live.default_sql) return;
    const DefaultExpression value = live.default_sql ? ReadDefault(*live.default_sql) : DefaultExpression();
    if (value.kind == DefaultExpression::Kind::kNull) return;
    if (column.nullable) return AdviseOnNull(plan, column, live, value);
    const std::optional<std::string> zero = plan::StoredZero(column);
    if (!zero || IsZero(column, value)) return;  // nullopt: a request without the field is refused
    Mismatch mismatch = ColumnMismatch(*plan.entity, column,
                                       absl::StrCat(FilledBy(live), ", but ", plan.full_name, " stores ",
                                                    ShownZero(*zero), " when a request leaves the field empty; ",
                                                    DefaultRemedy(*plan.entity, column, live, value, *zero)));
    mismatch.breaks = Breaks::kMethods;
    mismatch.methods = {plan.full_name};
    seen_[&column] = report_.mismatches.size();
    report_.Add(std::move(mismatch));
  }

  void Advise(Mismatch mismatch) {
    mismatch.breaks = Breaks::kNothing;
    report_.Add(std::move(mismatch));
  }

  void AdviseOnNull(const MethodPlan& plan, const Column& column, const LiveColumn& live,
                    const DefaultExpression& value) {
    const std::optional<std::string> declared = AsDefaultValue(column, value);
    const bool member = column.field->real_containing_oneof() != nullptr;
    Advise(ColumnMismatch(
        *plan.entity, column,
        absl::StrCat(FilledBy(live), ", but ", plan.full_name, " stores NULL when a request leaves the field empty",
                     declared && !member
                         ? absl::StrCat("; to store the default, write `default_value: ", QuotedOption(*declared), "`")
                         : std::string())));
  }

  const LiveSchema& live_;
  FitReport& report_;
  /// Columns, and the places of the mismatches that say so of them.
  std::map<const Column*, size_t> seen_;
};

}  // namespace

void CheckDefaults(const std::vector<std::unique_ptr<const MethodPlan>>& plans, const LiveSchema& live,
                   FitReport* report) {
  DefaultFit fit(live, report);
  for (const auto& plan : plans) fit.Compare(*plan);
}

}  // namespace rowkeeper::schema
