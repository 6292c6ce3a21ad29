#pragma once

#include <string>

#include "server/catalogue/entity.h"

namespace rowkeeper::sql {

/// What codec/text_to_wire.cc can send, said in SQL. Conditions are NULL or true for NULL, which is no field.

/// The condition under which the cell (`"due_at"`, of the column) can be sent; empty: always, or SQL cannot tell.
std::string Representable(const catalogue::Column& column, const std::string& cell);

/// Where SQL cannot tell: a condition under which the cell can surely be sent; "false" where there is none. Empty where
/// Representable() says it all.
std::string SurelyRepresentable(const catalogue::Column& column, const std::string& cell);

/// Whether SQL can tell of some values that they can be sent: SurelyRepresentable() is not "false". Each write asks, so
/// no text is made for it.
bool IsTold(const catalogue::Column& column);

/// Bytes on the wire: `fixed` for a cell that is small whatever it holds, else an expression in `varying`, which is
/// never too small.
struct WireSize {
  int fixed = 0;
  std::string varying;
};
WireSize LargestWireSize(const catalogue::Column& column, const std::string& cell);

/// Bytes of the cell in PostgreSQL's text form, in which it is sent: `fixed` is never too small for any cell, `varying`
/// is NULL for NULL, and does not read texts and bytes that are stored out of line.
WireSize SentSize(const catalogue::Column& column, const std::string& cell);

}  // namespace rowkeeper::sql
