// Each of these is refused by the compiler.
#include <rowkeeper/client/channel.h>
#include <rowkeeper/client/pages.h>
#include <rowkeeper/client/run_in_unit_of_work.h>

#include "shop/v1/shop.grpc.pb.h"

namespace rk = rowkeeper::client;

void Mistake(const std::shared_ptr<grpc::Channel>& channel) {
#if defined(MISTAKE_returns_nothing)
  rk::RunInUnitOfWork(channel, {}, [](rk::UnitOfWork&) {});
#elif defined(MISTAKE_takes_no_unit)
  rk::RunInUnitOfWork(channel, {}, [] { return absl::OkStatus(); });
#elif defined(MISTAKE_stub_is_gone)
  auto rows = rk::List(&shop::v1::ProductRepository::Stub::List, shop::v1::ProductRepository::NewStub(channel),
                       shop::v1::Request(), &shop::v1::ListProductsResponse::mutable_products);
#endif
}
