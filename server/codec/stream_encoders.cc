#include "server/codec/stream_encoders.h"

#include <google/protobuf/descriptor.h>

namespace rowkeeper::codec {
namespace {

int NumberOf(const google::protobuf::FieldDescriptor* field) { return field == nullptr ? 0 : field->number(); }

void AppendCount(int field, int64_t count, std::string* out) {
  if (field == 0 || count == 0) return;
  AppendVarint(MakeTag(field, WireType::kVarint), out);
  AppendVarint(static_cast<uint64_t>(count), out);
}

}  // namespace

ImportEncoder::ImportEncoder(const plan::ImportFields& fields)
    : imported_(NumberOf(fields.imported)),
      chunks_(NumberOf(fields.chunks)),
      inserted_(NumberOf(fields.inserted)),
      updated_(NumberOf(fields.updated)),
      unchanged_(NumberOf(fields.unchanged)) {}

std::string ImportEncoder::Encode(const ImportProgress& progress) const {
  std::string out;
  AppendCount(imported_, progress.imported, &out);
  AppendCount(chunks_, progress.chunks, &out);
  AppendCount(inserted_, progress.inserted, &out);
  AppendCount(updated_, progress.updated, &out);
  AppendCount(unchanged_, progress.unchanged, &out);
  return out;
}

ExportEncoder::ExportEncoder(const plan::ResponsePlan& plan) : unrepresentable_(plan) {
  AppendVarint(MakeTag(plan.rows->number(), WireType::kLength), &rows_tag_);
  AppendVarint(MakeTag(plan.next_page_token->number(), WireType::kLength), &token_tag_);
}

}  // namespace rowkeeper::codec
