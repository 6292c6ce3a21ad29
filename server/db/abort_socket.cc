#include "server/db/abort_socket.h"

#include <sys/socket.h>

namespace rowkeeper::db {

void AbortSocket(int socket) {
  const linger reset{1, 0};  // socket(7), SO_LINGER
  setsockopt(socket, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
  shutdown(socket, SHUT_RDWR);
}

}  // namespace rowkeeper::db
