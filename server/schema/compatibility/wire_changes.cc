#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <algorithm>
#include <string>

#include "server/base/text.h"
#include "server/catalogue/options.h"
#include "server/schema/compatibility/compatibility.h"
#include "server/schema/compatibility/field_types.h"

namespace rowkeeper::schema {
namespace {

using catalogue::Diagnostics;
using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

/// Numbers from `first` to `last`, both included.
struct NumberRange {
  int first = 0;
  int last = 0;
};

NumberRange ReservedRange(const Descriptor& message, int index) {
  const Descriptor::ReservedRange& range = *message.reserved_range(index);
  return {range.start, range.end - 1};
}
NumberRange ReservedRange(const EnumDescriptor& type, int index) {
  const EnumDescriptor::ReservedRange& range = *type.reserved_range(index);
  return {range.start, range.end};
}

std::string Spell(const NumberRange& range) {
  return range.first == range.last ? std::to_string(range.first) : Cat(range.first, " to ", range.last);
}

/// Whether each number of `range` is reserved in `now`, or `taken` by what is told elsewhere.
template <typename Type, typename Taken>
bool AreReserved(const NumberRange& range, const Type& now, const Taken& taken) {
  int64_t next = range.first;
  while (next <= range.last) {
    const int64_t before = next;
    for (int i = 0; i < now.reserved_range_count(); ++i) {
      const NumberRange reserved = ReservedRange(now, i);
      if (reserved.first <= next && next <= reserved.last) next = static_cast<int64_t>(reserved.last) + 1;
    }
    if (next == before && taken(static_cast<int>(next))) ++next;
    if (next == before) return false;
  }
  return true;
}

std::string Words(const FieldDescriptor& field) { return Cat("\"", field.name(), "\" (", TypeOfField(field), ")"); }

std::string NameOfOneof(const FieldDescriptor& field) {
  return field.real_containing_oneof() == nullptr ? "" : field.real_containing_oneof()->name();
}

std::string InOneof(const FieldDescriptor& field) {
  return field.real_containing_oneof() == nullptr ? "in no oneof" : Cat("in the oneof \"", NameOfOneof(field), "\"");
}

constexpr char kFreeNumber[] = "give the new one a free number, and reserve the old number";

class WireComparison {
 public:
  WireComparison(const DescriptorPool& now, Diagnostics* found) : now_(now), found_(*found) {}

  void CompareFile(const FileDescriptor& before) {
    for (int i = 0; i < before.message_type_count(); ++i) CompareMessage(*before.message_type(i));
    for (int i = 0; i < before.enum_type_count(); ++i) CompareEnum(*before.enum_type(i));
    for (int i = 0; i < before.service_count(); ++i) CompareService(*before.service(i));
  }

 private:
  void CompareMessage(const Descriptor& before) {
    const Descriptor* now = now_.FindMessageTypeByName(before.full_name());
    // What is missing is told where it is used.
    if (now == nullptr || before.options().map_entry()) return;
    for (int i = 0; i < before.field_count(); ++i) CompareField(*before.field(i), *now);
    for (int i = 0; i < now->field_count(); ++i) RefuseReserved(before, *now->field(i));
    KeepReserved(before, *now, [&](int number) { return now->FindFieldByNumber(number) != nullptr; });
    for (int i = 0; i < before.nested_type_count(); ++i) CompareMessage(*before.nested_type(i));
    for (int i = 0; i < before.enum_type_count(); ++i) CompareEnum(*before.enum_type(i));
  }

  void CompareField(const FieldDescriptor& before, const Descriptor& message) {
    const FieldDescriptor* now = message.FindFieldByNumber(before.number());
    if (now != nullptr) return CompareFields(before, *now);
    if (message.IsReservedNumber(before.number())) return;
    found_.Error(message, Cat("field ", before.number(), ", ", Words(before), ", is gone, and its number is free"),
                 Cat("write `reserved ", before.number(), "; reserved \"", before.name(), "\";`, or keep the field"));
  }

  void CompareFields(const FieldDescriptor& before, const FieldDescriptor& now) {
    const bool renamed = before.name() != now.name();
    if (!HaveSameBytes(before, now) || before.is_repeated() != now.is_repeated()) {
      found_.Error(
          now,
          Cat("number ", now.number(), " was ", Words(before), " and is ", Words(now),
              ": old clients send and read other bytes"),
          renamed ? kFreeNumber : "keep the type, or add a field with a free number and reserve this one later");
    } else if (NameOfOneof(before) != NameOfOneof(now)) {
      found_.Error(now, Cat("it was ", InOneof(before), " and is ", InOneof(now), ": old clients set and clear others"),
                   "leave it where it was, or add a field with a free number");
    } else if (before.is_required() != now.is_required()) {
      found_.Error(now, "it is `required` on one side only: messages without it are refused", "leave it as it was");
    } else if (renamed && catalogue::IsEntity(*now.containing_type())) {
      found_.Error(now,
                   Cat("number ", now.number(), " was \"", before.name(),
                       "\": old clients name it so in masks, filters, order_by and JSON"),
                   Cat("keep the name (the column may have another one: `name`), or replace the clients first; if it "
                       "is another field, ",
                       kFreeNumber));
    }
  }

  void RefuseReserved(const Descriptor& before, const FieldDescriptor& now) {
    if (before.FindFieldByNumber(now.number()) != nullptr) return;
    if (before.IsReservedNumber(now.number())) {
      found_.Error(now, Cat("its number ", now.number(), " was reserved: old messages have something else there"),
                   "give it a free number, and keep the number reserved");
    } else if (before.IsReservedName(now.name())) {
      found_.Error(now, Cat("its name \"", now.name(), "\" was reserved: old clients mean another field by it"),
                   "give it another name, and keep the name reserved");
    }
  }

  template <typename Type, typename Taken>
  void KeepReserved(const Type& before, const Type& now, const Taken& taken) {
    for (int i = 0; i < before.reserved_range_count(); ++i) {
      const NumberRange range = ReservedRange(before, i);
      if (AreReserved(range, now, taken)) continue;
      found_.Error(now, Cat("`reserved ", Spell(range), ";` is gone: somebody could use the number again"),
                   Cat("write `reserved ", Spell(range), ";` again"));
    }
  }

  void CompareEnum(const EnumDescriptor& before) {
    const EnumDescriptor* now = now_.FindEnumTypeByName(before.full_name());
    if (now == nullptr) return;
    for (int i = 0; i < before.value_count(); ++i) {
      const EnumValueDescriptor& value = *before.value(i);
      const bool there = now->FindValueByNumber(value.number()) != nullptr;
      if (there || now->IsReservedNumber(value.number())) continue;
      found_.Error(*now, Cat("value ", value.number(), ", ", value.name(), ", is gone, and its number is free"),
                   Cat("write `reserved ", value.number(), ";`, or keep the value"));
    }
    for (int i = 0; i < now->value_count(); ++i) {
      const EnumValueDescriptor& value = *now->value(i);
      const bool was = before.FindValueByNumber(value.number()) != nullptr;
      if (was || !before.IsReservedNumber(value.number())) continue;
      found_.Error(value, Cat("its number ", value.number(), " was reserved: old messages mean something else by it"),
                   "give it a free number, and keep the number reserved");
    }
    KeepReserved(before, *now, [&](int number) { return now->FindValueByNumber(number) != nullptr; });
  }

  void CompareService(const ServiceDescriptor& before) {
    const ServiceDescriptor* now = now_.FindServiceByName(before.full_name());
    if (now == nullptr) {
      found_.Error(before, "the service was here and is gone: calls of old clients get UNIMPLEMENTED",
                   "keep it as long as clients call it");
      return;
    }
    for (int i = 0; i < before.method_count(); ++i) {
      const MethodDescriptor& method = *before.method(i);
      if (const MethodDescriptor* other = now->FindMethodByName(method.name()); other != nullptr) {
        CompareMethod(method, *other);
      } else {
        found_.Error(*now, Cat("method ", method.name(), " is gone: calls of old clients get UNIMPLEMENTED"),
                     "keep it as long as clients call it");
      }
    }
  }

  void CompareMethod(const MethodDescriptor& before, const MethodDescriptor& now) {
    const bool streams_alike =
        before.client_streaming() == now.client_streaming() && before.server_streaming() == now.server_streaming();
    const auto compare = [&](const char* what, const Descriptor& from, const Descriptor& to) {
      if (from.full_name() == to.full_name()) return;
      found_.Error(now, Cat("its ", what, " was ", from.full_name(), " and is ", to.full_name()),
                   "keep the message, and add fields to it; or add another method");
    };
    compare("request", *before.input_type(), *now.input_type());
    compare("response", *before.output_type(), *now.output_type());
    if (!streams_alike) {
      found_.Error(now, "old clients call it with `stream` in other places", "leave `stream` as it was");
    }
    if (before.options().idempotency_level() != now.options().idempotency_level()) {
      found_.Error(now, "its idempotency_level is another one: old clients may send it twice, or never again",
                   "leave it as it was");
    }
  }

  const DescriptorPool& now_;
  Diagnostics& found_;
};

}  // namespace

void CompareWire(const catalogue::Source& before, const catalogue::Source& now, Diagnostics* found) {
  WireComparison comparison(now.pool(), found);
  for (const FileDescriptor* file : before.files()) comparison.CompareFile(*file);
}

void CompareCatalogues(const catalogue::Catalogue& before, const catalogue::Catalogue& now, Diagnostics* found) {
  CompareWire(before.source(), now.source(), found);
  CompareEntities(before, now, found);
  CompareMethods(before, now, found);
}

}  // namespace rowkeeper::schema
