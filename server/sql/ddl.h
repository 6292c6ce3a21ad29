#pragma once

#include <string>
#include <vector>

#include "server/catalogue/entity.h"

namespace rowkeeper::sql {

/// The statements that make the declared schema. All names are quoted and carry the entity's schema where one is
/// declared; equal entities give equal text. No statement ends in a semicolon. Each column's comment holds its proto
/// field number (`proto:7`), which is the column's identity across renames; those of the table, of its indexes and of
/// its constraints hold the message's name (`proto:shop.v1.Order`), so that `migrate diff` knows the table when it is
/// renamed, and what was declared from what people made by hand. The timestamps and the version are kept by the
/// server's statements: there are no triggers.

/// The comment of `column`.
std::string ColumnIdentity(const catalogue::Column& column);
/// The comment of the entity's table, and of each index and constraint of it but the primary key.
std::string TableIdentity(const catalogue::Entity& entity);

/// CREATE TYPE for the native enums of `entity`.
std::vector<std::string> CreateTypes(const catalogue::Entity& entity);
/// CREATE TABLE without foreign keys, CREATE INDEX and COMMENT. Needs the types.
std::vector<std::string> CreateTable(const catalogue::Entity& entity);
/// CREATE INDEX for indexes of the table that the entity does not declare, with comments that say so (`proto:none`), so
/// that they stay whatever is declared later. Needs the table.
std::vector<std::string> CreateUndeclaredIndexes(const catalogue::Entity& entity,
                                                 const std::vector<catalogue::Index>& indexes);
/// ALTER TABLE … ADD CONSTRAINT … FOREIGN KEY and COMMENT, to run when all tables are there, so that references may go
/// round in circles. ON_DELETE_RESTRICT is PostgreSQL's NO ACTION: refused as well, but after cascades have done their
/// work.
std::vector<std::string> AddForeignKeys(const catalogue::Entity& entity);
/// `FOREIGN KEY … REFERENCES …` of a column of `entity` with a reference, as ADD CONSTRAINT takes it. Between entities
/// with tenants it has their columns too, so that no row refers to one of another tenant; with ON DELETE SET NULL
/// PostgreSQL 14 and older do not know it.
std::string ForeignKeyDefinition(const catalogue::Entity& entity, const catalogue::Column& column);
/// An index of every row by `column`, deleted rows too. PostgreSQL names it, so that it stands beside any other one.
/// Writers go on meanwhile; it cannot run in a transaction.
std::string AddFullIndex(const catalogue::Entity& entity, int column);
/// The statement that adds a unique key to a table that lacks it.
std::string AddUniqueKey(const catalogue::Entity& entity, const catalogue::UniqueKey& key);

/// `entities` so that a referenced table comes before those that reference it, as far as there are no circles;
/// otherwise in the given order.
std::vector<const catalogue::Entity*> InReferenceOrder(const std::vector<const catalogue::Entity*>& entities);

/// Everything that `entities` need in an empty database: schemas, types (shared ones once), tables and foreign keys.
std::vector<std::string> CreateTables(const std::vector<const catalogue::Entity*>& entities);
/// Undoes CreateTables; leaves the schemas, which may hold more.
std::vector<std::string> DropTables(const std::vector<const catalogue::Entity*>& entities);

}  // namespace rowkeeper::sql
