#pragma once

#include <memory>

#include <libpq-fe.h>

namespace rowkeeper::db {

struct ClearPgResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
/// A result of libpq, which is freed with it.
using PgResult = std::unique_ptr<PGresult, ClearPgResult>;

}  // namespace rowkeeper::db
