#pragma once

#include <optional>
#include <string>

#include "server/base/errors.h"
#include "server/catalogue/entity.h"
#include "server/plan/request.h"

namespace rowkeeper::plan {

/// What an absent value of a filter or key means; nullopt where it must be given, because its zero is no value of its
/// own.
std::optional<std::string> FilterZero(const catalogue::Column& column);

/// What a create stores for an absent value of a column that is NOT NULL and has no default; nullopt where it must be
/// given, because its zero is no value of its own: an empty text is no key, for no request can name a row by it.
std::optional<std::string> StoredZero(const catalogue::Column& column);

/// What an absent value means when it is written: its zero, NULL, or a violation of the field `name`. Returns false for
/// a violation.
bool ResolveAbsent(const catalogue::Column& column, Argument* argument, const std::string& name,
                   FieldViolations* violations);

}  // namespace rowkeeper::plan
