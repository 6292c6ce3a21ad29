#include <algorithm>

#include "server/base/errors.h"
#include "server/base/text.h"
#include "server/plan/field_guard.h"
#include "server/plan/inputs.h"
#include "server/plan/page/order_by.h"
#include "server/plan/page/pages.h"

namespace rowkeeper::plan {
namespace {

void AppendPart(std::string_view part, std::string* out) { out->append(Cat(part.size(), ":", part, ";")); }

/// What a cell of the cursor is: by name, for places change when fields come and go, and with the type of its text.
void AppendColumn(const catalogue::Column& column, std::string* out) {
  AppendPart(column.name, out);
  AppendPart(column.type.native_enum, out);
  out->append(Cat(static_cast<int>(column.type.kind), column.type.array ? "[]" : ""));
}

/// Everything of a list request that a page token is bound to. The catalogue may be another one when the token comes
/// back: what is the same request to callers is so here, too, as long as the cursor means the same.
std::string Fingerprint(const Call& call) {
  std::string out = call.plan->full_name;
  const ListRequest& request = call.request.as<ListRequest>();
  AppendPart(request.order_by, &out);
  out.append(Cat(static_cast<int>(call.variant.deleted), ";"));
  for (int i : call.variant.filters) {
    const FilterTerm& filter = call.plan->filters[i];
    AppendPart(call.plan->inputs[filter.input].name, &out);
    out.append(Cat(static_cast<int>(filter.op), "="));
    AppendColumn(call.plan->entity->columns[filter.column], &out);
    AppendPart(call.request.arguments[filter.input].text, &out);
  }
  AppendPart(request.expression, &out);
  for (const catalogue::OrderTerm& term : call.variant.as<ListVariant>().order) {
    AppendColumn(call.plan->entity->columns[term.column], &out);
    out.append(Cat(term.descending ? "d" : "a", term.nulls_moved ? "!," : ","));
  }
  if (!call.request.owner.empty()) AppendPart(call.request.owner, &out.append("of "));
  return out;
}

constexpr std::string_view kPagePlaces[] = {"", "before", "first", "last"};

/// A token has the cells of a row and, unless the page comes after it, the page's place behind them.
std::optional<PagePlace> PlaceOf(const PageTokens::Cells& cells, size_t terms) {
  if (cells.size() == terms) return PagePlace::kAfter;
  if (cells.size() != terms + 1 || !cells.back().has_value()) return std::nullopt;
  const auto found = std::find(std::begin(kPagePlaces) + 1, std::end(kPagePlaces), *cells.back());
  if (found == std::end(kPagePlaces)) return std::nullopt;
  return static_cast<PagePlace>(found - std::begin(kPagePlaces));
}

void SetCursor(PageTokens::Cells cells, Call* call) {
  for (const auto& cell : cells) call->variant.as<ListVariant>().cursor_nulls.push_back(!cell.has_value());
  std::get<ListBounds>(call->bounds).cursor = std::move(cells);
}

void BindToken(Call* call, const PageTokens& tokens, FieldViolations* violations) {
  ListVariant& variant = call->variant.as<ListVariant>();
  ListBounds& bounds = std::get<ListBounds>(call->bounds);
  const size_t terms = variant.order.size();
  auto cells = tokens.Open(call->request.as<ListRequest>().page_token, Fingerprint(*call));
  const auto place = cells.has_value() ? PlaceOf(*cells, terms) : std::nullopt;
  if (!place.has_value()) {
    violations->Add(InputName(*call->plan, InputRole::kPageToken, "page_token"),
                    PageTokens::IsOfAnotherRelease(call->request.as<ListRequest>().page_token)
                        ? "was made by another release of the server; leave it empty to start from the first page"
                        : "is not a token of this request; send the next_page_token of the same request with the same "
                          "filters and order, or leave it empty to start again");
    return;
  }
  variant.backward = *place == PagePlace::kBefore || *place == PagePlace::kLast;
  bounds.first_page = bounds.first_page && *place == PagePlace::kFirst;
  cells->resize(terms);
  if (*place == PagePlace::kAfter || *place == PagePlace::kBefore) SetCursor(*std::move(cells), call);
}

void BindSkip(Call* call, const PageLimits& limits, FieldViolations* violations) {
  const int32_t skip = call->request.as<ListRequest>().skip;
  const std::string name = InputName(*call->plan, InputRole::kSkip, "skip");
  if (skip < 0) {
    violations->Add(name, "must not be negative; 0 leaves out nothing");
  } else if (skip > limits.max_skip) {
    violations->Add(name,
                    Cat("leaves out more than ", limits.max_skip, " rows, the limit ", LimitName(Limit::kMaxSkip),
                        "; all of them would be read. Follow page tokens, or narrow the filters"),
                    Limit::kMaxSkip);
  }
  call->variant.as<ListVariant>().skip = skip > 0;
}

}  // namespace

void BindPage(Call* call, const PageLimits& limits, const PageTokens& tokens, FieldViolations* violations) {
  const MethodPlan& plan = *call->plan;
  const ListRequest& request = call->request.as<ListRequest>();
  ListVariant& variant = call->variant.as<ListVariant>();
  variant.order =
      ResolveOrder(*plan.entity, request.order_by, InputName(plan, InputRole::kOrderBy, "order_by"), violations);
  CheckOrderFields(*call, violations);
  if (request.page_size < 0) {
    violations->Add(InputName(plan, InputRole::kPageSize, "page_size"),
                    "must not be negative; 0 means the default of the server");
  }
  ListBounds bounds;
  bounds.page_size =
      std::min(request.page_size == 0 ? limits.default_page_size : request.page_size, limits.max_page_size);
  BindSkip(call, limits, violations);
  bounds.first_page = !variant.skip;
  call->bounds = bounds;
  if (!request.page_token.empty() && violations->empty()) BindToken(call, tokens, violations);
}

void BindExport(Call* call, const PageTokens& tokens, FieldViolations* violations) {
  const MethodPlan& plan = *call->plan;
  const ListRequest& request = call->request.as<ListRequest>();
  ListVariant& variant = call->variant.as<ListVariant>();
  variant.order = CompleteOrder(*plan.entity, {});
  call->bounds = ListBounds();
  if (variant.relations != nullptr) {
    violations->Add(InputName(plan, InputRole::kReadMask, "read_mask"),
                    "names a relation; an export has the entity's own fields only");
  }
  if (request.page_token.empty() || !violations->empty()) return;
  auto cursor = tokens.Open(request.page_token, Fingerprint(*call));
  if (!cursor.has_value() || cursor->size() != variant.order.size()) {
    violations->Add(InputName(plan, InputRole::kPageToken, "resume_token"),
                    PageTokens::IsOfAnotherRelease(request.page_token)
                        ? "was made by another release of the server; leave it empty to start from the first row"
                        : "is not a token of this request; send the last resume_token of the same request with the "
                          "same filters, or leave it empty to start again");
    return;
  }
  SetCursor(*std::move(cursor), call);
}

std::string NextPageToken(const Call& call, const PageTokens& tokens,
                          const std::vector<std::optional<std::string>>& cells) {
  return tokens.Seal(cells, Fingerprint(call));
}

std::string PageToken(const Call& call, const PageTokens& tokens, PagePlace place,
                      std::vector<std::optional<std::string>> cells) {
  if (place == PagePlace::kAfter) return NextPageToken(call, tokens, cells);
  cells.resize(call.variant.as<ListVariant>().order.size());
  cells.emplace_back(std::string(kPagePlaces[static_cast<int>(place)]));
  return tokens.Seal(cells, Fingerprint(call));
}

std::vector<catalogue::OrderTerm> Reversed(std::vector<catalogue::OrderTerm> order) {
  for (catalogue::OrderTerm& term : order) term.descending = !term.descending;
  return order;
}

}  // namespace rowkeeper::plan
