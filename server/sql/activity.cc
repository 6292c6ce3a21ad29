#include "server/sql/activity.h"

#include <charconv>

#include "server/base/statement_text.h"
#include "server/base/text.h"
#include "server/sql/transaction_sql.h"
#include "server/sql/variants.h"

namespace rowkeeper::sql {
namespace {

constexpr char kName[] = "rowkeeper_plan";
constexpr char kPlanPurpose[] = "activity/plan";

}  // namespace

std::string SelectLockWaits() {
  return WithPurpose(
      "activity/lock-waits",
      "SELECT w.pid, pg_catalog.array_to_string(b.pids, ','), w.wait_event, pg_catalog.left(w.query, 300), "
      "(SELECT pg_catalog.string_agg(pg_catalog.concat_ws(', ', nullif(h.application_name, ''), "
      "'user ' || h.usename::text, h.state, 'since ' || (extract(epoch FROM "
      "pg_catalog.clock_timestamp() - h.state_change))::int || ' s'), '; ' ORDER BY h.pid) "
      "FROM pg_catalog.pg_stat_activity h WHERE h.pid = ANY(b.pids)) "
      "FROM pg_catalog.pg_stat_activity w CROSS JOIN LATERAL pg_catalog.pg_blocking_pids(w.pid) AS b(pids) "
      "WHERE w.pid = ANY($1::int[]) AND w.wait_event_type = 'Lock' AND b.pids <> '{}'");
}

PlanQuestion AskForPlan(const Statement& statement) {
  PlanQuestion question;
  // A generic plan, for the parameters are NULL: no value is looked at while it is made.
  question.begin = Cat(Begin(),
                       "; SET LOCAL lock_timeout = 100; SET LOCAL statement_timeout = 1000; "
                       "SET LOCAL plan_cache_mode = force_generic_plan");
  question.prepare = WithPurpose(kPlanPurpose, PrepareText(kName, statement));
  question.explain = WithPurpose(kPlanPurpose, ExplainText(kName, statement, ExplainDetail::kVerbose));
  question.end = Cat(Rollback(), "; ", DeallocateText(kName));
  question.give_up = Rollback();
  return question;
}

int64_t FindQueryId(std::string_view line) {
  constexpr std::string_view kLabel = "Query Identifier: ";
  if (line.substr(0, kLabel.size()) != kLabel) return 0;
  line.remove_prefix(kLabel.size());
  int64_t id = 0;
  std::from_chars(line.data(), line.data() + line.size(), id);
  return id;
}

std::string_view FindPlanNode(std::string_view line) {
  constexpr std::string_view kArrow = "->  ";
  const size_t cost = line.find("  (cost=");
  if (cost == std::string_view::npos) return {};
  line = line.substr(0, cost);
  const size_t begin = line.find_first_not_of(' ');
  if (begin == std::string_view::npos) return {};
  line.remove_prefix(begin);
  if (line.substr(0, kArrow.size()) == kArrow) line.remove_prefix(kArrow.size());
  return line;
}

}  // namespace rowkeeper::sql
