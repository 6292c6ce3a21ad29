#pragma once

#include <string>

#include "server/status/view.h"

namespace rowkeeper::status {

/// All that `view` says, for programs: an object with "made", "verdict" and the sections, in each the blocks by their
/// keys. Facts are objects, tables lists of objects, charts have their step in seconds and a list of values for each
/// series, oldest first. Numbers are bare; milliseconds where people see times.
std::string RenderJson(const View& view);

}  // namespace rowkeeper::status
