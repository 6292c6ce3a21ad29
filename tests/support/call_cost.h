#pragma once

#include <grpcpp/client_context.h>

#include <cstdlib>
#include <string>
#include <utility>

#include "tests/support/in_process_server.h"

namespace rowkeeper::testing {

/// The value of a trailing header of an answered call; empty when it has none.
inline std::string Trailer(const grpc::ClientContext& context, const std::string& name) {
  const auto& trailers = context.GetServerTrailingMetadata();
  const auto found = trailers.find(name);
  return found == trailers.end() ? "" : std::string(found->second.data(), found->second.size());
}

/// An answer and what the header rowkeeper-debug told of it; -1 for what it did not tell.
struct CostedAnswer {
  absl::StatusOr<Json> answer;
  int64_t statements = -1;
  int64_t rows = -1;
  double milliseconds = -1;
  std::string plan;
};

/// Calls with rowkeeper-debug: `level`. A server that is asked for "plan" needs serve.debug_header = "plan".
inline CostedAnswer CallCosted(InProcessServer* server, std::string_view method, const Json& request,
                               CallOptions options = CallOptions(), const std::string& level = "cost") {
  grpc::ClientContext context;
  options.context = &context;
  options.headers.emplace_back("rowkeeper-debug", level);
  CostedAnswer costed;
  costed.answer = server->Call(method, request, options);
  const auto number = [&context](const char* name) {
    const std::string text = Trailer(context, name);
    return text.empty() ? -1.0 : std::strtod(text.c_str(), nullptr);
  };
  costed.statements = static_cast<int64_t>(number("rowkeeper-statements"));
  costed.rows = static_cast<int64_t>(number("rowkeeper-rows"));
  costed.milliseconds = number("rowkeeper-database-ms");
  costed.plan = Trailer(context, "rowkeeper-plan-bin");
  return costed;
}

}  // namespace rowkeeper::testing
