#pragma once

#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "server/catalogue/entity.h"
#include "server/plan/method_plan.h"
#include "tests/support/in_process_server.h"
#include "tests/support/random_entity.h"

namespace rowkeeper::testing {

/// Makes rows of any entity, with random values of every type, through gRPC. The values are in the form in which the
/// server returns them (microseconds, lower-case UUIDs, full decimal scale), so that they can be compared.
class RandomRows {
 public:
  using Message = google::protobuf::Message;

  /// kSome leaves optional fields out at random.
  enum class Presence { kSome, kAll };

  /// `as`: how it calls.
  RandomRows(InProcessServer* server, uint32_t seed, CallOptions as = {})
      : server_(server), as_(std::move(as)), random_(seed) {}

  /// A row that a create request may hold; rows that it must reference are created first.
  std::unique_ptr<Message> Fill(const catalogue::Entity& entity, Presence presence);
  /// Another random value for one field, or none where it may have none.
  void FillField(const catalogue::Entity& entity, const catalogue::Column& column, Presence presence, Message* row);
  /// Sends `row` to the entity's create method; fails the running test and gives nullptr when it is refused.
  std::unique_ptr<Message> Create(const catalogue::Entity& entity, const Message& row);
  std::unique_ptr<Message> Create(const catalogue::Entity& entity, Presence presence);

  Random& random() { return random_; }

 private:
  void FillOneof(const catalogue::Entity& entity, const catalogue::Oneof& oneof, Message* row);
  void FillReference(const catalogue::Entity& entity, const catalogue::Column& column, Message* row);
  /// A row for a reference; one that nothing else references when `column` is part of a unique key. May be nullptr.
  const Message* Target(const catalogue::Entity& entity, const catalogue::Column& column);
  void PutValue(const catalogue::ValueType& type, const google::protobuf::FieldDescriptor& field, Message* message);
  std::string Text(int max_length);
  std::string StringValue(const catalogue::ValueType& type, const google::protobuf::FieldDescriptor& field);
  void FillMessage(const catalogue::ValueType& type, Message* message, int depth);
  void FillAny(Message* message, int depth);
  int64_t Integer(int bits);
  double Real();

  InProcessServer* server_;
  const CallOptions as_;
  Random random_;
  /// Whether values may be the ends of their type's range, which come again and again.
  bool edges_ = true;
  /// Rows that were created, for references to them.
  std::map<const catalogue::Entity*, std::vector<std::unique_ptr<Message>>> created_;
  /// How many of the entity's own rows a self reference in a unique key has used up.
  std::map<const catalogue::Column*, size_t> used_;
};

/// The plan of the entity's method with this operation; nullptr when there is none.
const plan::MethodPlan* FindOperation(const app::LoadedCatalogue& loaded, const catalogue::Entity& entity,
                                      catalogue::Operation operation);

/// Copies one field, all elements of a repeated one, or its absence, between messages that may have different types.
void CopyField(const google::protobuf::Message& from, const google::protobuf::FieldDescriptor& from_field,
               google::protobuf::Message* to, const google::protobuf::FieldDescriptor& to_field);

}  // namespace rowkeeper::testing
