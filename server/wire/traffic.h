#pragma once

#include "server/observe/counter.h"

namespace rowkeeper::wire {

/// Bytes of the messages of a service, without what gRPC and HTTP/2 put around them. Thread-safe.
struct Traffic {
  observe::Counter received_bytes;
  observe::Counter sent_bytes;
};

}  // namespace rowkeeper::wire
