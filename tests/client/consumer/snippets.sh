#!/usr/bin/env bash
# Prints a C++ file with the examples of the documentation, each in a function of its own.
# usage: snippets.sh README.md HEADER…
set -euo pipefail

cat <<'CODE'
#include <rowkeeper/client/channel.h>
#include <rowkeeper/client/error_details.h>
#include <rowkeeper/client/pages.h>
#include <rowkeeper/client/run_in_unit_of_work.h>
#include <rowkeeper/client/savepoint.h>
#include <rowkeeper/client/tls.h>

#include <iostream>

#include "shop/v1/shop.grpc.pb.h"

namespace rk = rowkeeper::client;
using namespace shop::v1;
using Notices = NoticeRepository::Stub;
using Orders = OrderRepository::Stub;
using Products = ProductRepository::Stub;

template <typename T>
void Use(const T&) {}

/// What the examples take for granted. They may have an own one of the same name.
struct Given {
  std::shared_ptr<grpc::Channel> channel;
  Products products{channel};
  Orders orders{channel};
  Notices notices{channel};
  ProjectRepository::Stub projects{channel};
  AccountRepository::Stub stub{channel};
  Request request, get, create;
  absl::Status status;
};

CODE

# Those of the README speak of a UnitOfWork& unit, those of the headers of a StatusOr, within the namespace.
awk '/^```cpp/ { on = 1; print "struct Readme" ++n " : Given { absl::Status Run(rk::UnitOfWork& unit) { (void)unit; {"; next }
     /^```/ { if (on) print "} return absl::OkStatus(); } };\n"; on = 0 }
     on && !/^#include/' "$1"
cat <<'CODE'
using namespace rowkeeper::client;

/// A member, since an example's lambda may have a parameter `unit`: see RunInUnitOfWork.
struct GivenUnit : Given {
  absl::StatusOr<UnitOfWork> unit;
};
CODE
awk 'match($0, /^ *\/\/\/   /) {
       if (!on) print "struct Header" ++n " : GivenUnit { absl::Status Run() { {"
       on = 1; print substr($0, RLENGTH + 1); next
     }
     on { print "} return absl::OkStatus(); } };\n"; on = 0 }' "${@:2}"
