#pragma once

#include <set>

#include "rowkeeper/v1/annotations.pb.h"
#include "server/catalogue/diagnostics.h"
#include "server/catalogue/source.h"

namespace rowkeeper::catalogue {

/// The messages that custom queries read and answer: requests, responses and the rows in them. Their fields may say
/// with (rowkeeper.v1.column) what type they have in SQL.
std::set<const google::protobuf::Descriptor*> QueryMessages(const Source& source);

/// Whether the options make a custom query, whatever the method is called. Options that contradict each other go to
/// `diagnostics`.
bool IsQuery(const google::protobuf::MethodDescriptor& method, const v1::MethodOptions& options,
             Diagnostics* diagnostics);

}  // namespace rowkeeper::catalogue
