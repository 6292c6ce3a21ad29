#include "server/wire/stream_counts.h"

#include <grpc/grpc.h>
#include <grpc/support/alloc.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/numbers.h"

namespace rowkeeper::wire {
namespace {

using ChannelzJson = nlohmann::json;

/// Numbers are given when a connection begins and listed when it is set up, in another order perhaps.
constexpr intptr_t kOutOfOrder = 1000;
/// More names than there can be connections are names that were listed again while their connection ended.
constexpr size_t kMostNames = 100000;
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

std::optional<net::StreamCounts> StreamCountsOfGrpc::CountsOf(const std::string& peer) {
  auto known = numbers_.find(peer);
  if (known == numbers_.end()) {
    FindNew();
    known = numbers_.find(peer);
  }
  if (known == numbers_.end()) return std::nullopt;
  const ChannelzJson json = Parsed(grpc_channelz_get_socket(known->second));
  const auto socket = json.find("socket");
  if (json.is_null() || socket == json.end() || !socket->contains("data")) return std::nullopt;
  const ChannelzJson& data = socket->at("data");
  return net::StreamCounts{NumberAt(data, "streamsStarted"), NumberAt(data, "streamsSucceeded"),
                           NumberAt(data, "streamsFailed"), NumberAt(data, "messagesReceived")};
}

void StreamCountsOfGrpc::Forget(const std::string& peer) { numbers_.erase(peer); }

void StreamCountsOfGrpc::FindNew() {
  if (numbers_.size() > kMostNames) {
    numbers_.clear();
    next_ = 0;
  }
  intptr_t last = next_;
  for (const intptr_t server : Servers()) {
    for (intptr_t from = next_;;) {
      const ChannelzJson page = Parsed(grpc_channelz_get_server_sockets(server, from, 0));
      if (page.is_null()) break;
      const ChannelzJson& sockets = ListAt(page, "socketRef");
      for (const ChannelzJson& socket : sockets) {
        const auto number = static_cast<intptr_t>(NumberAt(socket, "socketId"));
        const std::string name = socket.value("name", std::string());
        if (name.rfind(kTransport, 0) == 0) numbers_[name.substr(sizeof(kTransport) - 1)] = number;
        from = number + 1;
      }
      last = std::max(last, from);
      if (sockets.empty() || page.contains("end")) break;
    }
  }
  next_ = std::max<intptr_t>(last - kOutOfOrder, 0);
}

}  // namespace rowkeeper::wire
