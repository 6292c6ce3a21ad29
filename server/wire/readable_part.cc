#include "server/wire/readable_part.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>

#include "server/codec/wire_format.h"
#include "server/plan/field_guard.h"
#include "server/plan/query/query_plan.h"
#include "server/plan/response_facts.h"

namespace rowkeeper::wire {
namespace {

using catalogue::Entity;
using codec::Occurrence;
using codec::WireType;

void AppendOccurrence(uint32_t tag, const Occurrence& value, std::string* out) {
  codec::AppendVarint(tag, out);
  switch (value.type) {
    case WireType::kFixed64:
      return codec::AppendFixed64(value.bits, out);
    case WireType::kFixed32:
      return codec::AppendFixed32(static_cast<uint32_t>(value.bits), out);
    case WireType::kLength:
      return codec::AppendLengthDelimited(value.payload, out);
    default:
      return codec::AppendVarint(value.bits, out);
  }
}

/// Copies the fields of a message; `copy(tag, value, out)` writes one and is false for bytes that are no message.
template <typename Copy>
bool CopyFields(std::string_view bytes, std::string* out, const Copy& copy) {
  codec::Reader reader(bytes);
  while (!reader.done()) {
    uint32_t tag = 0;
    if (!reader.ReadTag(&tag)) return false;
    Occurrence value;
    value.type = codec::TypeOfTag(tag);
    if (value.type == WireType::kStartGroup || value.type == WireType::kEndGroup) return false;
    if (!reader.ReadValue(value.type, &value)) return false;
    if (!copy(tag, value, out)) return false;
  }
  return true;
}

class Copier {
 public:
  Copier(const plan::MethodPlan& plan, const policy::FieldAccess& access) : plan_(plan), access_(access) {}

  bool Copy(std::string_view response, std::string* out) const {
    if (!plan::CarriesRows(plan_.response)) {
      out->append(response);
      return true;
    }
    if (plan_.response.rows == nullptr) return CopyRow(response, out);
    const int rows = plan_.response.rows->number();
    return CopyFields(response, out, [&](uint32_t tag, const Occurrence& value, std::string* to) {
      if (static_cast<int>(codec::NumberOfTag(tag)) != rows || value.type != WireType::kLength) {
        AppendOccurrence(tag, value, to);
        return true;
      }
      codec::AppendVarint(tag, to);
      return codec::AppendLengthPrefixed(to, [&] { return CopyRow(value.payload, to); });
    });
  }

 private:
  bool CopyRow(std::string_view row, std::string* out) const {
    return plan_.query == nullptr ? CopyEntity(*plan_.entity, row, out) : CopyQueryRow(row, out);
  }

  bool CopyQueryRow(std::string_view row, std::string* out) const {
    return CopyFields(row, out, [&](uint32_t tag, const Occurrence& value, std::string* to) {
      const bool hidden =
          std::any_of(plan_.query->columns.begin(), plan_.query->columns.end(), [&](const auto& column) {
            return column.field->number() == static_cast<int>(codec::NumberOfTag(tag)) &&
                   !access_.MayRead(column.ordinal);
          });
      if (!hidden) AppendOccurrence(tag, value, to);
      return true;
    });
  }

  bool CopyEntity(const Entity& entity, std::string_view row, std::string* out) const {
    return CopyFields(row, out, [&](uint32_t tag, const Occurrence& value, std::string* to) {
      const auto* field = entity.message->FindFieldByNumber(static_cast<int>(codec::NumberOfTag(tag)));
      if (field == nullptr) return true;  // of another catalogue, and nobody knows for whom
      const catalogue::Relation* const relation = entity.FindRelation(field->name());
      if (relation == nullptr) {
        const catalogue::Column* const column = entity.FindField(field->name());
        if (column != nullptr && access_.MayRead(column->ordinal)) AppendOccurrence(tag, value, to);
        return true;
      }
      if (!plan::MayFollow(access_, entity, *relation)) return true;
      codec::AppendVarint(tag, to);
      return codec::AppendLengthPrefixed(to, [&] { return CopyEntity(*relation->target, value.payload, to); });
    });
  }

  const plan::MethodPlan& plan_;
  const policy::FieldAccess& access_;
};

}  // namespace

std::optional<std::string> ReadablePart(const plan::MethodPlan& plan, const policy::FieldAccess& access,
                                        std::string_view response) {
  std::string part;
  if (!Copier(plan, access).Copy(response, &part)) return std::nullopt;
  return part;
}

}  // namespace rowkeeper::wire
