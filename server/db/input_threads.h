#pragma once

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "server/base/file_descriptor.h"

namespace rowkeeper::db {

/// A few threads that wait for input on many sockets, so that no thread has to wait for each. Thread-safe.
class InputThreads {
 public:
  class Reader {
   public:
    /// There is something to read, or an end to see. Called on one of the threads; must not wait.
    virtual void OnInput() = 0;

   protected:
    ~Reader() = default;
  };

  /// `threads`: at least 1. Throws std::system_error when the system has no descriptor or thread to spare.
  explicit InputThreads(int threads);
  /// Nobody awaits anything any more.
  ~InputThreads();
  InputThreads(const InputThreads&) = delete;
  InputThreads& operator=(const InputThreads&) = delete;

  /// Has `reader` called once, as soon as there is input on `socket`; it may be called before this returns. Both live
  /// until then. False when the system cannot watch the socket: then `reader` is never called.
  bool Await(int socket, Reader* reader);

 private:
  void Loop();
  void End();

  const FileDescriptor poll_;
  /// Readable from the moment when the threads are to end.
  const FileDescriptor end_;
  /// Orders what was written before a socket was awaited before what its reader does: the kernel promises C++ nothing.
  std::atomic<uint64_t> awaited_{0};
  std::vector<std::thread> threads_;
};

}  // namespace rowkeeper::db
