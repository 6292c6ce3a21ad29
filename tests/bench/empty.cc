// The ceiling of any call: Rowkeeper's own gRPC server, with a method that does nothing but answer as many bytes as its
// request says in digits. It takes spans, too, as a collector that does nothing with them. usage: rowkeeper_empty
// ADDRESS
#include <csignal>
#include <cstdio>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "server/base/text.h"
#include "server/wire/dynamic_service.h"
#include "server/wire/server.h"

namespace rowkeeper::bench {
namespace {

void Answer(wire::UnaryRpc call) {
  size_t bytes = 0;
  const std::string request(call.request());
  if (!absl::SimpleAtoi(request, &bytes)) bytes = 0;
  call.Finish(std::string(bytes, 'x'));
}

int Serve(const std::string& address) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  wire::DynamicService service({{"/rowkeeper.bench.Empty/Call", Answer},
                                {"/opentelemetry.proto.collector.trace.v1.TraceService/Export", Answer}},
                               {});
  wire::ServerOptions options;
  options.addresses = {address};
  const auto server = wire::GrpcServer::Start(options, {&service});
  if (!server.ok()) {
    std::fprintf(stderr, "%s\n", std::string(server.status().message()).c_str());
    return 1;
  }
  int signal = 0;
  sigwait(&signals, &signal);
  return 0;
}

}  // namespace
}  // namespace rowkeeper::bench

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: rowkeeper_empty ADDRESS\n", stderr);
    return 2;
  }
  return rowkeeper::bench::Serve(argv[1]);
}
