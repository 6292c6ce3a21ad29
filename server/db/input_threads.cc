#include "server/db/input_threads.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <system_error>

namespace rowkeeper::db {
namespace {

/// Few, so that what one thread has taken does not wait for it while another one sleeps.
constexpr int kMostAtOnce = 4;

FileDescriptor Valid(int fd) {
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "cannot wait for sockets");
  return FileDescriptor(fd);
}

bool Control(int poll, int operation, int fd, uint32_t events, void* data) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = data;
  return epoll_ctl(poll, operation, fd, &event) == 0;
}

}  // namespace

InputThreads::InputThreads(int threads)
    : poll_(Valid(epoll_create1(EPOLL_CLOEXEC))), end_(Valid(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))) {
  if (!Control(poll_.get(), EPOLL_CTL_ADD, end_.get(), EPOLLIN, nullptr)) Valid(-1);
  try {
    for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Loop(); });
  } catch (...) {
    End();
    throw;
  }
}

InputThreads::~InputThreads() { End(); }

void InputThreads::End() {
  eventfd_write(end_.get(), 1);
  for (std::thread& thread : threads_) thread.join();
}

/// A socket that was awaited before is known, until it is closed.
bool InputThreads::Await(int socket, Reader* reader) {
  constexpr uint32_t kOnce = EPOLLIN | EPOLLRDHUP | EPOLLONESHOT;
  awaited_.fetch_add(1, std::memory_order_release);
  if (Control(poll_.get(), EPOLL_CTL_MOD, socket, kOnce, reader)) return true;
  return errno == ENOENT && Control(poll_.get(), EPOLL_CTL_ADD, socket, kOnce, reader);
}

void InputThreads::Loop() {
  std::array<epoll_event, kMostAtOnce> events;
  while (true) {
    const int count = epoll_wait(poll_.get(), events.data(), kMostAtOnce, -1);
    (void)awaited_.load(std::memory_order_acquire);
    for (int i = 0; i < count; ++i) {
      if (events[static_cast<size_t>(i)].data.ptr == nullptr) return;
      static_cast<Reader*>(events[static_cast<size_t>(i)].data.ptr)->OnInput();
    }
  }
}

}  // namespace rowkeeper::db
