#pragma once

#include <string>
#include <vector>

#include "server/status/view.h"

namespace rowkeeper::status {

/// One of the pages, for the links between them.
struct PageLink {
  std::string path;
  std::string title;
};

/// `view` as a whole HTML document, without scripts. It links to `pages` and to its JSON, and is to be sent with
/// kPolicy.
std::string RenderHtml(const View& view, const std::vector<PageLink>& pages);

/// Of the header Content-Security-Policy: a style sheet of this server is all that a page may load, nobody may frame
/// it, and nothing in it runs.
inline constexpr char kPolicy[] =
    "default-src 'none'; style-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";
/// The same for a page with a Form, which may be sent to this server alone.
inline constexpr char kFormPolicy[] =
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

}  // namespace rowkeeper::status
