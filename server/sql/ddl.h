#pragma once

#include <string>
#include <vector>

#include "server/catalogue/entity.h"

namespace rowkeeper::sql {

/// The statements that make the declared schema. All names are quoted and carry the entity's schema where one is
/// declared; equal entities give equal text. No statement ends in a semicolon. Each column's comment holds its proto
/// field number (`proto:7`), which is the column's identity across renames. The timestamps and the version are kept by
/// the server's statements: there are no triggers.

/// The comment of `column`.
std::string ColumnIdentity(const catalogue::Column& column);

/// CREATE TYPE for the native enums of `entity`.
std::vector<std::string> CreateTypes(const catalogue::Entity& entity);
/// CREATE TABLE without foreign keys, CREATE INDEX and COMMENT ON COLUMN. Needs the types.
std::vector<std::string> CreateTable(const catalogue::Entity& entity);
/// ALTER TABLE … ADD CONSTRAINT … FOREIGN KEY, to run when all tables are there, so that references may go round in
/// circles. ON_DELETE_RESTRICT is PostgreSQL's NO ACTION: refused as well, but after cascades have done their work.
std::vector<std::string> AddForeignKeys(const catalogue::Entity& entity);
/// An index of every row by `column`, deleted rows too. PostgreSQL names it, so that it stands beside any other one.
/// Writers go on meanwhile; it cannot run in a transaction.
std::string AddFullIndex(const catalogue::Entity& entity, int column);
/// The statement that adds a unique key to a table that lacks it.
std::string AddUniqueKey(const catalogue::Entity& entity, const catalogue::UniqueKey& key);
/// DROP TABLE, and DROP TYPE for its native enums. Tables that reference it must be gone.
std::vector<std::string> DropTable(const catalogue::Entity& entity);

/// `entities` so that a referenced table comes before those that reference it, as far as there are no circles;
/// otherwise in the given order.
std::vector<const catalogue::Entity*> InReferenceOrder(const std::vector<const catalogue::Entity*>& entities);

/// Everything that `entities` need in an empty database: schemas, types (shared ones once), tables and foreign keys.
std::vector<std::string> CreateTables(const std::vector<const catalogue::Entity*>& entities);
/// Undoes CreateTables; leaves the schemas, which may hold more.
std::vector<std::string> DropTables(const std::vector<const catalogue::Entity*>& entities);

}  // namespace rowkeeper::sql
