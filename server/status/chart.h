#pragma once

#include "server/status/html.h"
#include "server/status/view.h"

namespace rowkeeper::status {

/// A figure: the caption, lines in SVG, and a legend that says in words what the lines show now and at most, also for
/// those who do not see them.
void WriteChart(const Chart& chart, Html* html);

}  // namespace rowkeeper::status
