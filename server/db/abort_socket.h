#pragma once

namespace rowkeeper::db {

/// For a socket whose peer is given up, and may be sending still: ends reading and writing at once, and has the peer
/// reset when the socket is closed. A plain close may leave PostgreSQL waiting, with its transaction and its locks, for
/// as long as the kernel remembers the connection (tcp_fin_timeout, 60 s): where the receive window was full, nobody
/// tells the peer of room that comes after the shutdown. Any thread.
void AbortSocket(int socket);

}  // namespace rowkeeper::db
