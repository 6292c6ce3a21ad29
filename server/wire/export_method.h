#pragma once

#include <memory>
#include <string>

#include "server/base/built_once.h"
#include "server/codec/stream_encoders.h"
#include "server/wire/pipeline/request_reader.h"
#include "server/wire/row_encoders.h"
#include "server/wire/stream_method.h"

namespace rowkeeper::wire {

/// Serves an export: a worker of the executor reads a cursor piece by piece, and each piece only when the one before is
/// on its way, so memory does not grow with the number of rows and a slow reader slows the database down.
class ExportMethod : public StreamMethod {
 public:
  ExportMethod(const plan::MethodPlan* plan, const StreamBackend* backend);

  void Serve(StreamRpc rpc) const override;

 private:
  friend class ExportSession;

  const RowEncoders& row_encoders() const;

  const RequestReader reader_;
  const codec::ExportEncoder encoder_;
  const BuiltOnce<RowEncoders> row_encoders_;
};

}  // namespace rowkeeper::wire
