#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "server/catalogue/diagnostics.h"
#include "server/catalogue/entity.h"
#include "server/plan/method_plan.h"
#include "server/sql/statement.h"

namespace rowkeeper::sql {

/// Why a statement may not be executed in a catalogue with tenants; empty: it may. By PostgreSQL's own parser, and so
/// without regard to who wrote the statement and how:
///
///   - a table with tenants stands only where its rows are those of the caller's tenant: `t.tenant_id = $n`, with the
///     parameter Parameter::Source::kTenant, is one of the conditions, joined by AND, of the WHERE that belongs to it
///     or of the ON that decides which of its rows take part in a join
///   - an INSERT gives the column that parameter, and ON CONFLICT DO UPDATE names the column in its conflict target
///   - nothing assigns the column
///   - nothing deletes rows, or changes columns, of Tenancy::Table::shared
///   - it reads tables of the catalogue, which are known, and its own common table expressions; only the server's own
///     statements read PostgreSQL's catalogs, too
///
/// What this does not understand is refused. It parses the text, which takes some tenths of a millisecond: once for
/// each statement that is kept.
std::string TenantProblem(const Statement& statement, const catalogue::Tenancy& tenancy);

/// The statement, or in place of one with a TenantProblem, which is logged, one that PostgreSQL refuses. `tenancy` may
/// be null: no entity has tenants. Where something is called otherwise than declared (NamesScope), the other one is not
/// logged and misses a table: who hears that asks for the names anew, and otherwise knows that the schema does not fit.
Statement OfTenantOrRefused(Statement statement, const catalogue::Tenancy* tenancy);

/// The tables that a statement names anywhere, without their schemas; common table expressions are among them. Of a
/// text that cannot be read: none.
std::set<std::string> TablesNamedIn(const std::string& text);

/// Reports each method of which some statement has a TenantProblem, by samples of all statements that it can need.
void CheckTenantStatements(const std::vector<std::unique_ptr<const plan::MethodPlan>>& plans,
                           catalogue::Diagnostics* diagnostics);

}  // namespace rowkeeper::sql
