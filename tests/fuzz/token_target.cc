#include "server/base/errors.h"
#include "server/base/text.h"
#include "server/plan/page/order_by.h"
#include "server/plan/page/page_token.h"
#include "server/uow/handle.h"
#include "tests/fuzz/example_plans.h"
#include "tests/fuzz/targets.h"
#include "tests/fuzz/text_mutation.h"

namespace rowkeeper::fuzz {
namespace {

constexpr std::string_view kRequest = "planner.v1.TodoRepository.List";

const plan::PageTokens& Tokens() {
  static const plan::PageTokens kTokens(plan::PageTokens::DeriveKey("fuzz"));
  return kTokens;
}

/// What callers got from this server; other than in a server, the same in each run.
const std::vector<std::string>& Words() {
  static const auto* const kWords = [] {
    uow::Handle handle;
    handle.server = "10.0.0.1:50051";
    handle.instance = "8 bytes.";
    handle.secret = std::string(uow::Handle::kSecretBytes, 's');
    return new std::vector<std::string>{handle.Encode(),
                                        Tokens().Seal({"a", std::nullopt}, kRequest),
                                        "title",
                                        "desc",
                                        "asc",
                                        "nulls first",
                                        "nulls last",
                                        ",",
                                        ".",
                                        "due_at",
                                        "%00",
                                        "=",
                                        "-",
                                        "_",
                                        "\xff",
                                        std::string(600, 'A')};
  }();
  return *kWords;
}

/// What was not sealed here opens nowhere but as itself.
std::string CheckToken(std::string_view text) {
  const auto cells = Tokens().Open(text, kRequest);
  if (!cells.has_value()) {
    plan::PageTokens::IsOfAnotherRelease(text);
    return "";
  }
  if (Tokens().Open(text, "another request").has_value()) return "a token works with another request";
  const auto sealed = Tokens().Open(Tokens().Seal(*cells, kRequest), kRequest);
  return sealed == cells ? "" : "the cells of a token do not come back";
}

std::string CheckHandle(std::string_view text) {
  const auto handle = uow::Handle::Parse(text);
  if (!handle.has_value()) return "";
  if (handle->server.size() > 255) return "a handle has a long address";
  for (const char byte : handle->server) {
    if (byte < 0x20 || byte > 0x7e) return "a handle's address is not printable";
  }
  if (handle->of_another_release) return "";
  if (handle->secret.size() != uow::Handle::kSecretBytes) return "a handle has another secret";
  const auto again = uow::Handle::Parse(handle->Encode());
  return again.has_value() && again->Id() == handle->Id() ? "" : "a handle does not come back";
}

std::string CheckOrder(std::string_view text) {
  for (const auto& entity : Examples().catalogue->entities()) {
    FieldViolations violations;
    const auto order = plan::ResolveOrder(*entity, text, "order_by", &violations);
    if (!violations.empty()) continue;
    for (const catalogue::OrderTerm& term : order) {
      if (term.column < 0 || static_cast<size_t>(term.column) >= entity->columns.size()) return "an order by no column";
    }
  }
  return "";
}

std::string Check(std::string_view input) {
  for (std::string (*check)(std::string_view) : {CheckToken, CheckHandle, CheckOrder}) {
    if (std::string problem = check(input); !problem.empty()) return problem;
  }
  return "";
}

std::string Make(Random* random) {
  return random->OneIn(2) ? Words()[static_cast<size_t>(random->Below(2))] : RandomText(Words(), random);
}

std::string MutateToken(const std::string& input, Random* random) { return MutateText(input, Words(), random); }

}  // namespace

Target TokenTarget() { return {"token", Check, Make, MutateToken}; }

}  // namespace rowkeeper::fuzz
