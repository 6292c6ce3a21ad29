#include "server/wire/codec/response_encoder.h"

#include "google/protobuf/descriptor.h"

namespace rowkeeper::codec {

std::unique_ptr<const ResponseEncoder> ResponseEncoder::Compile(const plan::ResponsePlan& plan) {
  std::unique_ptr<ResponseEncoder> encoder(new ResponseEncoder());
  encoder->shape_ = plan.shape;
  if (plan.rows != nullptr) AppendVarint(MakeTag(plan.rows->number(), WireType::kLength), &encoder->rows_tag_);
  if (plan.next_page_token != nullptr) {
    AppendVarint(MakeTag(plan.next_page_token->number(), WireType::kLength), &encoder->token_tag_);
  }
  return encoder;
}

}  // namespace rowkeeper::codec
