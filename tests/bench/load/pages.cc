#include "tests/bench/load/pages.h"

#include <grpcpp/client_context.h>

#include "bench/v1/todo.grpc.pb.h"
#include "server/base/text.h"
#include "tests/bench/load/requests.h"

namespace rowkeeper::bench {

absl::StatusOr<std::string> TokenOfPage(const std::shared_ptr<grpc::Channel>& channel, const std::string& owner,
                                        int page_size, int depth) {
  const auto stub = ::bench::v1::TodoRepository::NewStub(channel);
  ::bench::v1::ListTodosByOwnerRequest request = ListByOwner(owner, page_size);
  for (int page = 1; page < depth; ++page) {
    grpc::ClientContext context;
    ::bench::v1::ListTodosResponse response;
    const grpc::Status status = stub->ListByOwner(&context, request, &response);
    if (!status.ok()) return absl::UnavailableError(Cat("page ", page, ": ", status.error_message()));
    if (response.next_page_token().empty()) return absl::OutOfRangeError(Cat("there are only ", page, " pages"));
    request.set_page_token(response.next_page_token());
  }
  return request.page_token();
}

}  // namespace rowkeeper::bench
