#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "server/base/text.h"
#include "server/codec/request_decoder.h"
#include "server/pgtext/parser.h"
#include "server/plan/batch/import_response.h"
#include "server/plan/call.h"
#include "server/sql/render.h"
#include "tests/fuzz/example_plans.h"
#include "tests/fuzz/mutate.h"
#include "tests/fuzz/targets.h"

namespace rowkeeper::fuzz {
namespace {

/// A method as the server has it at hand for a call.
struct Method {
  const plan::MethodPlan* plan = nullptr;
  std::unique_ptr<const codec::RequestDecoder> decoder;
  const google::protobuf::Message* prototype = nullptr;
};

enum class Kind { kUnary, kStreaming };

std::vector<Method> MethodsOf(Kind kind) {
  static auto* const messages = new google::protobuf::DynamicMessageFactory();
  std::vector<Method> methods;
  for (const auto& plan : Examples().plans) {
    if (plan::IsStreaming(*plan) != (kind == Kind::kStreaming)) continue;
    methods.push_back(
        {plan.get(), codec::RequestDecoder::Compile(*plan), messages->GetPrototype(plan->method->input_type())});
  }
  return methods;
}

template <Kind kKind>
const std::vector<Method>& Methods() {
  static const auto* const kMethods = new std::vector<Method>(MethodsOf(kKind));
  return *kMethods;
}

/// "" when PostgreSQL's parser reads the statement and it has as many parameters as places for them.
std::string CheckStatement(const sql::Statement& statement) {
  if (statement.text.find('\0') != std::string::npos) return Cat("a NUL byte is in ", statement.text);
  nlohmann::json trees;
  const pgtext::ParseProblem problem = pgtext::Parse(statement.text, &trees);
  if (!problem.message.empty()) return Cat(problem.message, " at ", problem.position, " of ", statement.text);
  if (trees.size() != 1) return Cat("not one statement: ", statement.text);
  for (size_t i = 1; i <= statement.parameters.size(); ++i) {
    if (statement.text.find(Cat("$", i)) == std::string::npos) return Cat("no place for $", i, ": ", statement.text);
  }
  return "";
}

template <Kind kKind>
std::string CheckRequest(std::string_view input) {
  static const plan::PageTokens kTokens(plan::PageTokens::DeriveKey("fuzz"));
  static const google::protobuf::LogSilencer kSilencer;  // it tells of each invalid string
  const Method& method = Choose(Methods<kKind>(), &input);
  plan::Request request;
  const absl::Status decoded = method.decoder->Decode(input, &request);
  std::unique_ptr<google::protobuf::Message> message(method.prototype->New());
  const bool parsed = message->ParseFromArray(input.data(), static_cast<int>(input.size()));
  const bool malformed = ReasonOf(decoded) == Reason::kMalformedRequest;
  if (malformed == parsed) return Cat(method.plan->full_name, ": protobuf says otherwise: ", decoded.ToString());
  if (!decoded.ok()) {
    return decoded.code() == absl::StatusCode::kInvalidArgument ? "" : Cat("decoding gave ", decoded.ToString());
  }
  const auto call = plan::Bind(*method.plan, std::move(request), plan::PageLimits(), kTokens);
  if (!call.ok()) {
    return call.status().code() == absl::StatusCode::kInvalidArgument ? ""
                                                                      : Cat("binding gave ", call.status().ToString());
  }
  const auto* const batch = std::get_if<plan::BatchRequest>(&call->request.family);
  if (batch != nullptr && batch->elements.empty()) return "";  // it is answered without a statement
  return CheckStatement(sql::Render(*call->plan, call->variant));
}

template <Kind kKind>
std::string MakeRequest(Random* random) {
  const std::vector<Method>& methods = Methods<kKind>();
  const int index = random->Below(static_cast<int>(std::min<size_t>(methods.size(), 256)));
  std::unique_ptr<google::protobuf::Message> message(methods[static_cast<size_t>(index)].prototype->New());
  Randomize(message.get(), 1 + random->Below(4), 1 + random->Below(8), random);
  return static_cast<char>(index) + message->SerializePartialAsString();
}

template <Kind kKind>
std::string MutateRequest(const std::string& input, Random* random) {
  if (input.empty()) return MakeRequest<kKind>(random);
  return input.front() + Mutate(input.substr(1), random);
}

template <Kind kKind>
Target TargetOf(const std::string& name) {
  return {name, CheckRequest<kKind>, MakeRequest<kKind>, MutateRequest<kKind>};
}

}  // namespace

Target RequestTarget() { return TargetOf<Kind::kUnary>("request"); }
Target StreamTarget() { return TargetOf<Kind::kStreaming>("stream"); }

}  // namespace rowkeeper::fuzz
