// killed_client ADDRESS HANDLE PATH: reads a request from standard input, sends it as a call of the unit of work and
// waits for the answer; whoever started it kills it meanwhile.
#include <grpcpp/client_context.h>

#include <iostream>
#include <iterator>
#include <string>

#include "tests/unit/wire/raw_client.h"

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const std::string request((std::istreambuf_iterator<char>(std::cin)), std::istreambuf_iterator<char>());
  grpc::ClientContext context;
  context.AddMetadata("rowkeeper-unit-of-work", argv[2]);
  const auto channel = rowkeeper::wire::NewChannel(argv[1]);
  const auto reply = rowkeeper::wire::CallRaw(channel, argv[3], {request}, &context);
  std::cerr << "killed_client: answered: " << reply.status.error_message() << "\n";
  return 1;
}
