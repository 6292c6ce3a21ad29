#include "server/wire/grpc_stream_tracker.h"

#include <grpc/grpc.h>
#include <grpc/support/alloc.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"

namespace rowkeeper::wire {
namespace {

using ChannelzJson = nlohmann::json;

/// With transport security, numbers are given and listed by several threads, the larger one first perhaps.
constexpr intptr_t kOutOfOrder = 1000;
/// Between two searches for a number that was not there before.
constexpr std::chrono::milliseconds kBetweenSearches{20};
constexpr char kUnix[] = "unix:";
/// Before the name of a peer.
constexpr char kTransport[] = "chttp2 ";

/// Takes the text over. Null for what is no JSON.
ChannelzJson Parsed(char* text) {
  const std::unique_ptr<char, decltype(&gpr_free)> owned(text, &gpr_free);
  if (owned == nullptr) return nullptr;
  ChannelzJson json = ChannelzJson::parse(owned.get(), nullptr, false);
  return json.is_object() ? json : ChannelzJson(nullptr);
}

/// Channelz writes numbers as text, and leaves out what is zero.
uint64_t NumberAt(const ChannelzJson& json, const char* name) {
  const auto found = json.find(name);
  uint64_t number = 0;
  if (found == json.end() || !found->is_string()) return 0;
  return absl::SimpleAtoi(found->get_ref<const std::string&>(), &number) ? number : 0;
}

const ChannelzJson& ListAt(const ChannelzJson& json, const char* name) {
  static const ChannelzJson none = ChannelzJson::array();
  const auto found = json.find(name);
  return found != json.end() && found->is_array() ? *found : none;
}

std::vector<intptr_t> Servers() {
  std::vector<intptr_t> numbers;
  const ChannelzJson json = Parsed(grpc_channelz_get_servers(0));
  if (json.is_null()) return numbers;
  for (const ChannelzJson& server : ListAt(json, "server")) {
    const auto reference = server.find("ref");
    if (reference != server.end()) numbers.push_back(static_cast<intptr_t>(NumberAt(*reference, "serverId")));
  }
  return numbers;
}

}  // namespace

void GrpcStreamTracker::Opening(uint64_t connection, const std::string& peer) {
  Learn(last_ + 1);
  sockets_[connection] = {peer, last_, 0};
  unknown_.emplace(peer, connection);
}

void GrpcStreamTracker::Opened(uint64_t) { Learn(last_ + 1); }

std::optional<net::StreamCounts> GrpcStreamTracker::CountsOf(uint64_t connection) {
  const auto found = sockets_.find(connection);
  if (found == sockets_.end()) return std::nullopt;
  if (found->second.number == 0 && std::chrono::steady_clock::now() - learnt_ > kBetweenSearches) {
    Learn(std::max<intptr_t>(last_ - kOutOfOrder, 0));
  }
  if (found->second.number == 0) return std::nullopt;
  const ChannelzJson json = Parsed(grpc_channelz_get_socket(found->second.number));
  const auto socket = json.find("socket");
  if (json.is_null() || socket == json.end() || !socket->contains("data")) return std::nullopt;
  const ChannelzJson& data = socket->at("data");
  return net::StreamCounts{NumberAt(data, "streamsStarted"), NumberAt(data, "streamsSucceeded"),
                           NumberAt(data, "streamsFailed"), NumberAt(data, "messagesReceived"),
                           NumberAt(data, "messagesSent")};
}

void GrpcStreamTracker::Forget(uint64_t connection) {
  const auto found = sockets_.find(connection);
  if (found == sockets_.end()) return;
  const auto [begin, end] = unknown_.equal_range(found->second.peer);
  const auto unknown = std::find_if(begin, end, [&](const auto& entry) { return entry.second == connection; });
  if (unknown != end) unknown_.erase(unknown);
  sockets_.erase(found);
}

void GrpcStreamTracker::Learn(intptr_t first) {
  learnt_ = std::chrono::steady_clock::now();
  intptr_t last = last_;
  for (const intptr_t server : Servers()) {
    for (intptr_t from = first;;) {
      const ChannelzJson page = Parsed(grpc_channelz_get_server_sockets(server, from, 0));
      if (page.is_null()) break;
      const ChannelzJson& sockets = ListAt(page, "socketRef");
      for (const ChannelzJson& socket : sockets) {
        const auto number = static_cast<intptr_t>(NumberAt(socket, "socketId"));
        const std::string name = socket.value("name", std::string());
        if (name.rfind(kTransport, 0) == 0) Match(number, name.substr(sizeof(kTransport) - 1));
        from = number + 1;
      }
      last = std::max(last, from - 1);
      if (sockets.empty() || page.contains("end")) break;
    }
  }
  last_ = last;
}

/// Of connections with the same peer it is the latest one that was there before the number was given. Those of unix
/// sockets all have the same: theirs is known at once, as long as they have no transport security, or never.
void GrpcStreamTracker::Match(intptr_t number, const std::string& peer) {
  if (peer == kUnix && number <= last_) return;
  const auto [begin, end] = unknown_.equal_range(peer);
  auto match = end;
  for (auto candidate = begin; candidate != end; ++candidate) {
    if (sockets_.at(candidate->second).after < number) match = candidate;
  }
  if (match == end) return;
  sockets_.at(match->second).number = number;
  unknown_.erase(match);
}

}  // namespace rowkeeper::wire
