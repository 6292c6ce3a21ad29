#include "server/app/admin_fit.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace rowkeeper::app {
namespace {

using FitJson = nlohmann::ordered_json;

const char* ToText(ServingReport::State state) {
  switch (state) {
    case ServingReport::State::kServed:
      return "ok";
    case ServingReport::State::kBroken:
      return "broken";
    case ServingReport::State::kUnknown:
      break;
  }
  return "unknown";
}

FitJson ProblemsToJson(const std::vector<ServingReport::Problem>& problems) {
  FitJson array = FitJson::array();
  for (const ServingReport::Problem& problem : problems) {
    FitJson entry = {{"entity", problem.entity}};
    if (!problem.field.empty()) entry["field"] = problem.field;
    entry["what"] = problem.what;
    if (!problem.remedy.empty()) entry["remedy"] = problem.remedy;
    array.push_back(std::move(entry));
  }
  return array;
}

FitJson EntryOf(const std::string& name, ServingReport::State state, const std::vector<ServingReport::Problem>& why) {
  FitJson entry = {{"name", name}, {"state", ToText(state)}};
  if (!why.empty()) entry["why"] = ProblemsToJson(why);
  return entry;
}

}  // namespace

admin::PageAnswer RenderFit(const ServingReport& report) {
  FitJson page = {{"reachable", report.reachable}};
  if (!report.refused.empty()) page["refused"] = report.refused;
  page["methods"] = {{"ok", report.CountOf(ServingReport::State::kServed)},
                     {"broken", report.CountOf(ServingReport::State::kBroken)},
                     {"unknown", report.CountOf(ServingReport::State::kUnknown)}};
  page["repositories"] = FitJson::array();
  for (const ServingReport::Repository& repository : report.repositories) {
    FitJson entry = {{"name", repository.name}, {"serving", repository.serving}, {"methods", FitJson::array()}};
    for (const ServingReport::Method& method : repository.methods) {
      entry["methods"].push_back(EntryOf(method.name, method.state, method.why));
    }
    page["repositories"].push_back(std::move(entry));
  }
  page["relations"] = FitJson::array();
  for (const ServingReport::Relation& relation : report.relations) {
    page["relations"].push_back(EntryOf(relation.name, relation.state, relation.why));
  }
  page["advice"] = ProblemsToJson(report.advice);
  return {200, page.dump(2, ' ', false, FitJson::error_handler_t::replace) + "\n"};
}

}  // namespace rowkeeper::app
