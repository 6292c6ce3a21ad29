#include <utility>

#include "absl/strings/str_join.h"
#include "server/app/status_pages.h"

namespace rowkeeper::app {
namespace {

status::Table SettingsTable(const std::string& group) {
  return {"list", group, {{"name", "Setting"}, {"value", "Value"}, {"source", "From"}, {"help", "Meaning"}}, {}, "", 0};
}

/// "Units of work" as a key.
std::string GroupKey(const std::string& group) {
  std::string key;
  for (const char c : group)
    key.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c == ' ' ? '_' : c);
  return key;
}

}  // namespace

status::View MakeSettingsView(const std::vector<EffectiveSetting>& settings, Clock::wall_time_point now) {
  status::View view;
  view.path = "/status/settings";
  view.title = "Settings";
  view.made = now;
  view.verdict = {status::Tone::kPlain, "What is in force, and where it comes from. Secrets are masked.", ""};
  std::string group;
  for (const EffectiveSetting& setting : settings) {
    if (view.sections.empty() || setting.group != group) {
      group = setting.group;
      view.sections.push_back({GroupKey(group), group, {SettingsTable(group)}});
    }
    auto& table = std::get<status::Table>(view.sections.back().blocks.front());
    const bool set = setting.source != "default";
    table.rows.push_back({{status::Code{setting.name}, status::Tone::kPlain},
                          {status::Code{absl::StrJoin(setting.values, ", ")}, status::Tone::kPlain},
                          {setting.source, set ? status::Tone::kWarning : status::Tone::kPlain},
                          {setting.help, status::Tone::kPlain}});
  }
  return view;
}

}  // namespace rowkeeper::app
