#pragma once

#include "server/status/html.h"
#include "server/status/view.h"

namespace rowkeeper::status {

/// A figure: names below each other, and an arc from each to those that it leads to.
void WriteDrawing(const Drawing& drawing, Html* html);

}  // namespace rowkeeper::status
