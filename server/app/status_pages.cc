#include "server/app/status_pages.h"

#include <functional>
#include <memory>
#include <utility>

#include "server/app/catalogue_generation.h"
#include "server/app/status_running.h"
#include "server/base/text.h"
#include "server/status/html_page.h"
#include "server/status/json_page.h"
#include "server/status/style.h"

namespace rowkeeper::app {
namespace {

constexpr char kHtmlType[] = "text/html; charset=utf-8";

using MakeView = std::function<status::View()>;

/// What became of a form: a status of HTTP, and the page that says so.
struct Submitted {
  int status = 200;
  status::View view;
};
using TakeForm = std::function<Submitted(const admin::Submission&)>;

struct StatusPage {
  status::PageLink link;
  MakeView make;
  /// Null: it takes none.
  TakeForm take = nullptr;
};

enum class Forms { kNone, kTaken };

/// Of every answer, for browsers. Without a referrer they would not say which site a form comes from.
std::vector<std::pair<std::string, std::string>> BrowserHeaders(Forms forms) {
  return {{"Content-Security-Policy", forms == Forms::kTaken ? status::kFormPolicy : status::kPolicy},
          {"X-Frame-Options", "DENY"},
          {"Referrer-Policy", forms == Forms::kTaken ? "same-origin" : "no-referrer"},
          {"Cross-Origin-Resource-Policy", "same-origin"},
          {"Cross-Origin-Opener-Policy", "same-origin"}};
}

admin::Page ForThisMachine(std::string path, const char* type, std::function<std::string()> render) {
  return {std::move(path), type,
          [render = std::move(render)] {
            return admin::PageAnswer{200, render()};
          },
          admin::Audience::kThisMachine, BrowserHeaders(Forms::kNone)};
}

status::View Bounded(status::View view) {
  status::Bound(&view);
  return view;
}

using Render = std::function<std::string(const status::View&)>;

admin::Page MakePage(std::string path, const char* type, const StatusPage& page, const Render& render) {
  admin::Page made =
      ForThisMachine(std::move(path), type, [make = page.make, render] { return render(Bounded(make())); });
  if (page.take == nullptr) return made;
  made.headers = BrowserHeaders(Forms::kTaken);
  made.submit = [take = page.take, render](const admin::Submission& sent) {
    Submitted submitted = take(sent);
    return admin::PageAnswer{submitted.status, render(Bounded(std::move(submitted.view)))};
  };
  return made;
}

StatusPage RunningPage(const StatusSources& sources) {
  const TakeForm take = [sources](const admin::Submission& sent) {
    OperatorActions::Answer answer = sources.operators->Act(sent);
    status::RunningData data = ReadRunning(sources);
    data.outcome = std::move(answer.finding);
    return Submitted{answer.status, status::MakeRunningView(data)};
  };
  return {{status::kRunningPath, "Running"}, [sources] { return status::MakeRunningView(ReadRunning(sources)); }, take};
}

std::vector<StatusPage> ListPages(const StatusSources& sources) {
  std::vector<StatusPage> pages;
  pages.push_back({{"/status", "Status"}, [sources] { return status::MakeOverview(ReadOverview(sources)); }});
  pages.push_back(RunningPage(sources));
  pages.push_back(
      {{"/status/methods", "Methods"}, [sources] { return status::MakeMethodsView(ReadMethods(sources)); }});
  pages.push_back({{"/status/catalogue", "Catalogue"}, [sources] {
                     const SharedGeneration generation = sources.catalogue->Get();
                     status::CatalogueData now = generation->described();
                     now.now = sources.clock->WallNow();
                     return status::MakeCatalogueView(now);
                   }});
  pages.push_back({{"/status/migrations", "Migrations"},
                   [sources] { return status::MakeMigrationsView(ReadMigrations(sources)); }});
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
  const Render html = [links](const status::View& view) { return status::RenderHtml(view, links); };
  pages.push_back(MakePage("/", kHtmlType, listed.front(), html));
  for (const StatusPage& page : listed) {
    pages.push_back(MakePage(page.link.path, kHtmlType, page, html));
    pages.push_back(MakePage(Cat(page.link.path, ".json"), "application/json", page, status::RenderJson));
  }
  pages.push_back(ForThisMachine(status::kStylePath, "text/css; charset=utf-8", status::StyleSheet));
  return pages;
}

}  // namespace rowkeeper::app
