#include "absl/strings/str_split.h"
#include "server/base/errors.h"
#include "server/base/text.h"
#include "server/observe/trace_parent.h"
#include "server/wire/caller.h"
#include "server/wire/headers.h"
#include "tests/fuzz/targets.h"
#include "tests/fuzz/text_mutation.h"

namespace rowkeeper::fuzz {
namespace {

const std::vector<std::string>& HeaderWords() {
  static const auto* const kWords =
      new std::vector<std::string>{"rowkeeper-unit-of-work: ",
                                   "rowkeeper-sequence: ",
                                   "rowkeeper-debug: ",
                                   "idempotency-key: ",
                                   "traceparent: ",
                                   "peer: ",
                                   "\n",
                                   "0",
                                   "1",
                                   "18446744073709551615",
                                   "18446744073709551616",
                                   "-1",
                                   "cost",
                                   "plan",
                                   "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                                   "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
                                   "00-00000000000000000000000000000000-0000000000000000-00",
                                   "ipv4:10.0.0.7:41822",
                                   "ipv6:%5B2001:db8:0:1::1%5D:41822",
                                   "ipv6:[fe80::1%2]:1",
                                   "ipv6:%5B::ffff:10.0.0.7%5D:1",
                                   "unix:/tmp/s",
                                   "%5",
                                   "%00",
                                   "]",
                                   "\xff",
                                   std::string(300, 'k')};
  return *kWords;
}

std::string CheckOwnHeaders(const std::vector<wire::HeaderField>& fields) {
  const auto headers = wire::ReadHeaders(fields);
  if (!headers.ok()) {
    return ReasonOf(headers.status()) == Reason::kInvalidHeader ? "" : Cat("headers: ", headers.status().ToString());
  }
  if (headers->sequence == uint64_t{0}) return "a sequence number is 0";
  const auto& key = headers->idempotency_key;
  if (key.has_value() && (key->empty() || key->size() > wire::kMaxIdempotencyKeyBytes)) return "a key has a bad length";
  for (const char byte : key.value_or("")) {
    if (byte < ' ' || byte > '~') return "a key is not printable";
  }
  for (const auto& [name, value] : fields) {
    const bool known = name == wire::kUnitOfWorkHeader || name == wire::kSequenceHeader || name == wire::kDebugHeader;
    if (name.substr(0, 10) == "rowkeeper-" && !known) return Cat("an unknown header is accepted: ", name);
  }
  return "";
}

bool IsHex(const std::string& text, size_t size) {
  return text.size() == size && text.find_first_not_of("0123456789abcdef") == std::string::npos &&
         text.find_first_not_of('0') != std::string::npos;
}

std::string CheckTraceParent(std::string_view value) {
  const auto trace = observe::ParseTraceParent(value);
  if (!trace.has_value()) return "";
  return IsHex(trace->trace_id, 32) && IsHex(trace->span_id, 16) ? "" : "a trace has bad ids";
}

/// Whoever connects through another port is the same caller.
std::string CheckPeer(std::string_view peer) {
  const std::string caller = wire::CallerOfPeer(std::string(peer));
  if (caller.size() > peer.size() + 8) return "a caller has a long name";
  if (caller.substr(0, 4) == "unix" && caller != "unix:") return "a client of a unix socket names itself";
  const bool has_address = peer.substr(0, 5) == "ipv4:" && peer.find(':', 5) == std::string_view::npos &&
                           peer.find_first_of("%]") == std::string_view::npos && peer.size() > 5;
  if (!has_address) return "";
  const std::string at_port = wire::CallerOfPeer(Cat(peer, ":1"));
  return at_port == wire::CallerOfPeer(Cat(peer, ":65535")) ? "" : "a caller is known by its port";
}

std::string CheckHeaders(std::string_view input) {
  std::vector<wire::HeaderField> fields;
  for (const absl::string_view piece : absl::StrSplit(absl::string_view(input.data(), input.size()), '\n')) {
    const std::string_view line(piece.data(), piece.size());
    const size_t colon = line.find(": ");
    if (colon == std::string_view::npos) continue;
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = line.substr(colon + 2);
    fields.emplace_back(name, value);
    std::string problem = name == "traceparent" ? CheckTraceParent(value) : name == "peer" ? CheckPeer(value) : "";
    if (!problem.empty()) return problem;
  }
  return CheckOwnHeaders(fields);
}

std::string MakeHeaders(Random* random) { return RandomText(HeaderWords(), random); }

std::string MutateHeaders(const std::string& input, Random* random) { return MutateText(input, HeaderWords(), random); }

}  // namespace

Target HeaderTarget() { return {"header", CheckHeaders, MakeHeaders, MutateHeaders}; }

}  // namespace rowkeeper::fuzz
