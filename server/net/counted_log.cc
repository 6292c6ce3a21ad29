#include "server/net/counted_log.h"

#include "server/observe/log.h"

namespace rowkeeper::net::internal {
namespace {

constexpr std::chrono::seconds kBetweenLines{10};

}  // namespace

void NoteEvent(std::string_view message, std::string_view field, std::string_view kind, const std::string& peer,
               Time now, CountedEvent* event) {
  event->count.Add();
  if (now < event->next) return;
  event->next = now + kBetweenLines;
  const uint64_t count = event->count.value();
  observe::Log(observe::LogLevel::kWarning, message,
               {{field, kind}, {"connections", static_cast<int64_t>(count - event->told)}, {"last_peer", peer}});
  event->told = count;
}

}  // namespace rowkeeper::net::internal
