#include "server/wire/headers.h"

#include <algorithm>
#include <charconv>

#include "server/base/errors.h"

namespace rowkeeper::wire {
namespace {

constexpr std::string_view kOwnHeaders = "rowkeeper-";

absl::StatusOr<uint64_t> ReadSequence(std::string_view text) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size() && number > 0) return number;
  return InvalidHeader(kSequenceHeader,
                       "is no number from 1 to 18446744073709551615 in decimal digits; count the "
                       "calls of the unit, from 1");
}

absl::Status CheckIdempotencyKey(std::string_view key) {
  const bool printable = std::all_of(key.begin(), key.end(), [](char c) { return c >= ' ' && c <= '~'; });
  if (printable && !key.empty() && key.size() <= kMaxIdempotencyKeyBytes) return absl::OkStatus();
  return InvalidHeader(kIdempotencyHeader,
                       "is not 1 to 255 printable ASCII characters; send a random UUID, made anew for each call and "
                       "kept for its repeats");
}

absl::Status ReadIdempotencyKey(const std::vector<HeaderField>& fields, std::optional<std::string>* key) {
  for (const auto& [name, value] : fields) {
    if (name != kIdempotencyHeader) continue;
    if (key->has_value()) return InvalidHeader(name, "is there more than once; send one key");
    if (absl::Status status = CheckIdempotencyKey(value); !status.ok()) return status;
    *key = std::string(value);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<RowkeeperHeaders> ReadHeaders(const UnaryRpc& rpc) {
  std::vector<HeaderField> fields = rpc.HeadersStartingWith(kIdempotencyHeader);
  const std::vector<HeaderField> own = OwnHeaders(rpc);
  fields.insert(fields.end(), own.begin(), own.end());
  return ReadHeaders(fields);
}

absl::StatusOr<RowkeeperHeaders> ReadHeaders(const std::vector<HeaderField>& fields) {
  RowkeeperHeaders headers;
  if (absl::Status status = ReadIdempotencyKey(fields, &headers.idempotency_key); !status.ok()) return status;
  for (const auto& [name, value] : fields) {
    if (name.substr(0, kOwnHeaders.size()) != kOwnHeaders) continue;
    if (name == kUnitOfWorkHeader) {
      if (headers.unit_of_work.has_value()) return InvalidHeader(name, "is there more than once; send one handle");
      headers.unit_of_work = std::string(value);
    } else if (name == kSequenceHeader) {
      if (headers.sequence.has_value()) return InvalidHeader(name, "is there more than once; send one number");
      absl::StatusOr<uint64_t> sequence = ReadSequence(value);
      if (!sequence.ok()) return sequence.status();
      headers.sequence = *sequence;
    } else if (name == kDebugHeader) {
      if (headers.debug != DebugLevel::kOff) return InvalidHeader(name, "is there more than once; send one value");
      const absl::StatusOr<DebugLevel> level = ReadDebugLevel(value);
      if (!level.ok()) return level.status();
      headers.debug = *level;
    } else {
      return InvalidHeader(name,
                           "this server does not know it, and nothing was done; remove it, or call a server that does");
    }
  }
  return headers;
}

absl::StatusOr<RowkeeperHeaders> ReadRepositoryHeaders(const UnaryRpc& rpc) {
  absl::StatusOr<RowkeeperHeaders> headers = ReadHeaders(rpc);
  if (headers.ok() && headers->sequence.has_value() && !headers->unit_of_work.has_value()) {
    return InvalidHeader(kSequenceHeader,
                         "numbers the calls of a unit of work; send the header rowkeeper-unit-of-work with it");
  }
  return headers;
}

absl::Status RefuseUnitHeaders(const RowkeeperHeaders& headers, std::string_view why) {
  if (headers.unit_of_work.has_value()) return InvalidHeader(kUnitOfWorkHeader, why);
  if (headers.sequence.has_value()) return InvalidHeader(kSequenceHeader, why);
  return absl::OkStatus();
}

}  // namespace rowkeeper::wire
