#include "server/app/status_pages.h"

#include <functional>
#include <memory>
#include <utility>

#include "server/base/built_once.h"
#include "server/base/text.h"
#include "server/status/html_page.h"
#include "server/status/json_page.h"
#include "server/status/style.h"

namespace rowkeeper::app {
namespace {

constexpr char kHtmlType[] = "text/html; charset=utf-8";

using MakeView = std::function<status::View()>;

struct StatusPage {
  status::PageLink link;
  MakeView make;
};

/// Of every answer, for browsers.
std::vector<std::pair<std::string, std::string>> BrowserHeaders() {
  return {{"Content-Security-Policy", status::kPolicy},
          {"X-Frame-Options", "DENY"},
          {"Referrer-Policy", "no-referrer"},
          {"Cross-Origin-Resource-Policy", "same-origin"},
          {"Cross-Origin-Opener-Policy", "same-origin"}};
}

admin::Page ForThisMachine(std::string path, const char* type, std::function<std::string()> render) {
  return {std::move(path), type,
          [render = std::move(render)] {
            return admin::PageAnswer{200, render()};
          },
          admin::Audience::kThisMachine, BrowserHeaders()};
}

status::View Bounded(const MakeView& make) {
  status::View view = make();
  status::Bound(&view);
  return view;
}

std::vector<StatusPage> ListPages(const StatusSources& sources) {
  std::vector<StatusPage> pages;
  pages.push_back({{"/status", "Status"}, [sources] { return status::MakeOverview(ReadOverview(sources)); }});
  pages.push_back(
      {{"/status/methods", "Methods"}, [sources] { return status::MakeMethodsView(ReadMethods(sources)); }});
  // It is always the same, and made when it is first asked for.
  pages.push_back(
      {{"/status/catalogue", "Catalogue"}, [sources, data = std::make_shared<BuiltOnce<status::CatalogueData>>()] {
         status::CatalogueData now = data->Get(
             [&sources] { return std::make_unique<const status::CatalogueData>(ReadCatalogue(*sources.loaded)); });
         now.now = sources.clock->WallNow();
         return status::MakeCatalogueView(now);
       }});
  if (sources.configuration != nullptr) {
    pages.push_back({{"/status/settings", "Settings"}, [sources] {
                       return MakeSettingsView(sources.configuration->Settings(), sources.clock->WallNow());
                     }});
  }
  return pages;
}

}  // namespace

std::vector<admin::Page> MakeStatusPages(const StatusSources& sources) {
  const std::vector<StatusPage> listed = ListPages(sources);
  std::vector<status::PageLink> links;
  for (const StatusPage& page : listed) links.push_back(page.link);
  std::vector<admin::Page> pages;
  const auto add_html = [&](const std::string& path, const MakeView& make) {
    pages.push_back(
        ForThisMachine(path, kHtmlType, [make, links] { return status::RenderHtml(Bounded(make), links); }));
  };
  add_html("/", listed.front().make);
  for (const StatusPage& page : listed) {
    add_html(page.link.path, page.make);
    pages.push_back(ForThisMachine(Cat(page.link.path, ".json"), "application/json",
                                   [make = page.make] { return status::RenderJson(Bounded(make)); }));
  }
  pages.push_back(ForThisMachine(status::kStylePath, "text/css; charset=utf-8", status::StyleSheet));
  return pages;
}

}  // namespace rowkeeper::app
