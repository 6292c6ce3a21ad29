#include "server/codec/wire_check.h"

#include "server/base/text.h"
#include "server/codec/utf8.h"

namespace rowkeeper::codec {
namespace {

class Checker {
 public:
  explicit Checker(std::string* problem) : problem_(problem) {}

  bool Message(const MessageShape& shape, std::string_view bytes, int nesting_left) {
    Reader reader(bytes);
    while (!reader.done()) {
      uint32_t tag = 0;
      if (!reader.ReadTag(&tag)) return Truncated(shape);
      const int index = shape.IndexOf(NumberOfTag(tag));
      if (index >= 0) {
        const FieldShape& field = shape.fields[index];
        const FieldShape::Match match = field.MatchWire(TypeOfTag(tag));
        if (match != FieldShape::Match::kUnknown) {
          Occurrence value;
          if (!reader.ReadValue(TypeOfTag(tag), &value)) return Truncated(shape);
          if (match == FieldShape::Match::kPacked ? !Packed(field, value.payload)
                                                  : !Value(field, value, nesting_left)) {
            return false;
          }
          continue;
        }
      }
      if (!reader.Skip(tag, nesting_left)) return Truncated(shape);
    }
    return true;
  }

 private:
  bool Value(const FieldShape& field, const Occurrence& value, int nesting_left) {
    if (field.message != nullptr) {
      if (nesting_left == 0) return Fail(Cat("messages nest deeper than ", kMaxNesting, " levels"));
      return Message(*field.message, value.payload, nesting_left - 1);
    }
    if (field.check_utf8 && !IsValidUtf8(value.payload)) return Fail(Cat(field.full_name, " is not valid UTF-8"));
    return true;
  }

  bool Packed(const FieldShape& field, std::string_view payload) {
    Reader reader(payload);
    while (!reader.done()) {
      Occurrence ignored;
      if (!reader.ReadValue(field.wire_type, &ignored)) return Fail(Cat(field.full_name, " is cut short"));
    }
    return true;
  }

  bool Truncated(const MessageShape& shape) {
    return Fail(Cat("the bytes of ", shape.full_name, " are cut short or damaged"));
  }

  bool Fail(std::string problem) {
    *problem_ = std::move(problem);
    return false;
  }

  std::string* problem_;
};

}  // namespace

bool CheckMessage(const MessageShape& shape, std::string_view bytes, std::string* problem) {
  return Checker(problem).Message(shape, bytes, kMaxNesting);
}

}  // namespace rowkeeper::codec
