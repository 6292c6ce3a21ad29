#pragma once

#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/util/message_differencer.h>

#include <memory>
#include <string>

namespace rowkeeper::testing {

/// Empty when the messages are equal, NaN being equal to itself.
inline std::string Difference(const google::protobuf::Message& expected, const google::protobuf::Message& actual) {
  google::protobuf::util::DefaultFieldComparator comparator;
  comparator.set_treat_nan_as_equal(true);
  google::protobuf::util::MessageDifferencer differencer;
  differencer.set_field_comparator(&comparator);
  std::string report;
  differencer.ReportDifferencesToString(&report);
  return differencer.Compare(expected, actual) ? "" : report;
}

/// Makes the field of `to` as it is in `from`.
inline void TakeOver(const google::protobuf::Message& from, const google::protobuf::FieldDescriptor& field,
                     google::protobuf::Message* to) {
  const auto rest = std::unique_ptr<google::protobuf::Message>(from.New());
  rest->CopyFrom(from);
  for (int i = 0; i < from.GetDescriptor()->field_count(); ++i) {
    const google::protobuf::FieldDescriptor* other = from.GetDescriptor()->field(i);
    if (other != &field) rest->GetReflection()->ClearField(rest.get(), other);
  }
  to->GetReflection()->ClearField(to, &field);
  to->MergeFrom(*rest);
}

}  // namespace rowkeeper::testing
