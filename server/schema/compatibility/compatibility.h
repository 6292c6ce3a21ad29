#pragma once

// The map of this folder, which compares two states of the same protos:
//   compatibility.h       all parts
//   wire_changes.cc       what the bytes between clients and server mean: fields, enum values, methods
//   field_types.h         which types of fields have the same bytes
//   method_changes.cc     what methods do with requests: filters, conflict keys, who may call them; default orders
//   entity_changes.cc     what rows and requests may hold: types, NOT NULL, keys, references, roles

#include "server/catalogue/catalogue.h"
#include "server/catalogue/diagnostics.h"

namespace rowkeeper::schema {

/// Adds to `found` what keeps clients that were built from `before` from working with a server of `now`, and the rows
/// of `before` from being those of `now`: one error each, with what to write instead. Elements that are in `now` are
/// named by their place there, others by the one that they had. Pure.
void CompareCatalogues(const catalogue::Catalogue& before, const catalogue::Catalogue& now,
                       catalogue::Diagnostics* found);

/// The parts.
void CompareWire(const catalogue::Source& before, const catalogue::Source& now, catalogue::Diagnostics* found);
void CompareEntities(const catalogue::Catalogue& before, const catalogue::Catalogue& now,
                     catalogue::Diagnostics* found);
void CompareMethods(const catalogue::Catalogue& before, const catalogue::Catalogue& now, catalogue::Diagnostics* found);

}  // namespace rowkeeper::schema
