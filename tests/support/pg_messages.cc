#include "tests/support/pg_messages.h"

namespace rowkeeper::testing {
namespace {

constexpr size_t kNumber = 4;

}  // namespace

uint32_t PgMessageReader::NumberAt(size_t offset) const {
  uint32_t number = 0;
  for (size_t i = 0; i < kNumber; ++i) number = number << 8 | static_cast<unsigned char>(pending_[offset + i]);
  return number;
}

std::optional<PgMessage> PgMessageReader::Next() {
  pending_.erase(0, taken_);
  taken_ = 0;
  const size_t type_size = in_startup_ ? 0 : 1;
  if (pending_.size() < type_size + kNumber) return std::nullopt;
  const size_t size = type_size + NumberAt(type_size);  // the length counts itself
  if (pending_.size() < size || size < type_size + kNumber) return std::nullopt;
  taken_ = size;
  PgMessage message;
  message.bytes = std::string_view(pending_).substr(0, size);
  message.body = message.bytes.substr(type_size + kNumber);
  if (!in_startup_) {
    message.type = message.bytes[0];
  } else if (message.body.size() >= kNumber) {
    message.code = NumberAt(kNumber);
    in_startup_ = message.code == PgMessage::kSslRequest || message.code == PgMessage::kGssEncRequest;
  }
  return message;
}

}  // namespace rowkeeper::testing
