#include "server/wire/request_hash.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <openssl/sha.h>

#include <memory>

#include "server/base/text.h"

namespace rowkeeper::wire {
namespace {

std::string DeterministicBytes(const google::protobuf::Message& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializePartialToCodedStream(&coded);
  }
  return bytes;
}

std::string Sha256(const std::string& bytes) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

std::string HashBytes(std::string_view method, std::string_view request) {
  return Sha256(Cat(method, std::string_view("\0", 1), request));
}

}  // namespace

std::string RequestHasher::Canonical(const google::protobuf::Descriptor& type, std::string_view bytes) {
  const std::unique_ptr<google::protobuf::Message> message(messages_.GetPrototype(&type)->New());
  const bool parsed = message->ParsePartialFromArray(bytes.data(), static_cast<int>(bytes.size()));
  return parsed ? DeterministicBytes(*message) : std::string(bytes);
}

std::string RequestHasher::Hash(const google::protobuf::MethodDescriptor& method, std::string_view request) {
  return HashBytes(method.full_name(), Canonical(*method.input_type(), request));
}

std::string RequestHasher::HashMessage(std::string_view method, const google::protobuf::Message& request) {
  return HashBytes(method, DeterministicBytes(request));
}

}  // namespace rowkeeper::wire
