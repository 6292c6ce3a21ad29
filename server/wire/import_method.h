#pragma once

#include <memory>
#include <string>

#include "server/codec/stream_encoders.h"
#include "server/plan/batch/import_response.h"
#include "server/wire/pipeline/request_reader.h"
#include "server/wire/stream_method.h"

namespace rowkeeper::wire {

/// Serves an import: every message is a batch and a transaction of its own, and after each the caller is told how many
/// rows are stored. While one is stored the next is read, and no more, so memory does not grow with the stream.
class ImportMethod : public StreamMethod {
 public:
  ImportMethod(const plan::MethodPlan* plan, const StreamBackend* backend);

  void Serve(StreamRpc rpc) const override;

 private:
  friend class ImportSession;

  const RequestReader reader_;
  const codec::ImportEncoder encoder_;
};

}  // namespace rowkeeper::wire
