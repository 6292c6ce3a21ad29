#include "server/app/admin_statements.h"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "server/base/statement_text.h"
#include "server/base/utf8.h"

namespace rowkeeper::app {
namespace {

using StatementJson = nlohmann::ordered_json;
using SharedStatement = std::shared_ptr<const sql::Statement>;

double InMilliseconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double, std::milli>(std::chrono::floor<std::chrono::microseconds>(time)).count();
}

StatementJson DescribeStatement(const sql::Statement& statement) {
  const observe::StatementUse& use = *statement.use;
  const int64_t uses = use.uses();
  StatementJson json;
  json["statement"] = std::string(PurposeOf(statement.text));
  json["name"] = statement.name.has_value() ? statement.name->str() : "";
  // As text: JSON's readers lose digits of such numbers.
  json["query_id"] = use.query_id() == 0 ? StatementJson(nullptr) : StatementJson(std::to_string(use.query_id()));
  const auto plan = use.plan();
  json["plan"] = plan == nullptr ? StatementJson(nullptr) : StatementJson(*plan);
  json["uses"] = uses;
  json["failures"] = use.failures();
  json["rows"] = use.rows();
  json["total_ms"] = InMilliseconds(use.total());
  json["mean_ms"] = uses == 0 ? 0 : InMilliseconds(use.total() / uses);
  json["max_ms"] = InMilliseconds(use.longest());
  json["text"] = ShortenUtf8(statement.text, kListedTextBytes);
  return json;
}

}  // namespace

std::string StatementsJson(const exec::StatementCache& statements) {
  std::vector<SharedStatement> kept = statements.Kept();
  const size_t all = kept.size();
  const size_t listed = std::min(all, kListedStatements);
  std::vector<std::pair<std::chrono::nanoseconds, size_t>> order;  // times go on changing while they are sorted
  for (size_t i = 0; i < all; ++i) order.emplace_back(kept[i]->use->total(), i);
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(listed), order.end(),
                    [](const auto& a, const auto& b) { return a.first > b.first; });
  StatementJson list = StatementJson::array();
  for (size_t i = 0; i < listed; ++i) list.push_back(DescribeStatement(*kept[order[i].second]));
  const StatementJson page = {{"kept", all}, {"not_kept", statements.refused()}, {"statements", std::move(list)}};
  return page.dump(2, ' ', false, StatementJson::error_handler_t::replace) + "\n";
}

}  // namespace rowkeeper::app
