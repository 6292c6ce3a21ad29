#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "server/codec/row_encoder.h"
#include "server/codec/unrepresentable_rows.h"
#include "server/codec/wire_format.h"
#include "server/plan/batch/import_response.h"
#include "server/plan/method_plan.h"

namespace rowkeeper::codec {

/// How far an import is.
struct ImportProgress {
  int64_t imported = 0;
  int64_t chunks = 0;
  int64_t inserted = 0;
  int64_t updated = 0;
  int64_t unchanged = 0;
};

/// Writes the answers of an import. Immutable; any thread.
class ImportEncoder {
 public:
  /// `fields` is used during the call only.
  explicit ImportEncoder(const plan::ImportFields& fields);

  std::string Encode(const ImportProgress& progress) const;

 private:
  /// Field numbers; 0 where the answer has no such field.
  const int imported_;
  const int chunks_;
  const int inserted_;
  const int updated_;
  const int unchanged_;
};

/// Writes the answers of an export. Immutable; any thread.
class ExportEncoder {
 public:
  explicit ExportEncoder(const plan::ResponsePlan& plan);

  /// Appends one row. Fails as RowEncoder::Append does.
  template <typename Rows>
  absl::Status AppendRow(const Rows& rows, int row, const RowEncoder& encoder, std::string* out) const {
    out->append(rows_tag_);
    return AppendLengthPrefixed(out, [&] { return encoder.Append(rows, row, out); });
  }
  /// Appends what is to be said of rows that were left out.
  void AppendUnrepresentable(const UnrepresentableRows& rows, std::string* out) const {
    unrepresentable_.Append(rows, out);
  }
  void AppendToken(std::string_view token, std::string* out) const {
    out->append(token_tag_);
    AppendLengthDelimited(token, out);
  }

 private:
  std::string rows_tag_;
  std::string token_tag_;
  UnrepresentableRowsEncoder unrepresentable_;
};

}  // namespace rowkeeper::codec
