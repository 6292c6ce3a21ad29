#include "server/status/json_page.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "server/status/number_text.h"

namespace rowkeeper::status {
namespace {

using ViewJson = nlohmann::ordered_json;

std::string_view ToneName(Tone tone) {
  switch (tone) {
    case Tone::kPlain:
      return "note";
    case Tone::kGood:
      return "good";
    case Tone::kWarning:
      return "warning";
    case Tone::kBad:
      return "problem";
  }
  return "";
}

ViewJson NumberJson(double value) {
  if (!std::isfinite(value)) return nullptr;
  constexpr double kExact = 9007199254740992.0;  // 2^53
  if (value == std::floor(value) && std::fabs(value) <= kExact) return static_cast<int64_t>(value);
  return value;
}

struct ValueJsonOf {
  ViewJson operator()(std::monostate /*none*/) const { return nullptr; }
  ViewJson operator()(const std::string& text) const { return text; }
  ViewJson operator()(const Code& code) const { return code.text; }
  ViewJson operator()(const Number& number) const { return NumberJson(number.value); }
  ViewJson operator()(const Moment& moment) const { return ToIsoText(moment); }
  ViewJson operator()(const Button& /*button*/) const { return nullptr; }
};

ViewJson FindingJson(const Finding& finding) {
  ViewJson json = {{"tone", ToneName(finding.tone)}, {"what", finding.what}};
  if (!finding.remedy.empty()) json["remedy"] = finding.remedy;
  return json;
}

struct BlockJson {
  /// Of the section.
  ViewJson* out;

  void operator()(const Findings& findings) const {
    ViewJson list = ViewJson::array();
    for (const Finding& finding : findings.list) list.push_back(FindingJson(finding));
    Put(findings.key, std::move(list), findings.left_out);
  }
  void operator()(const Facts& facts) const {
    ViewJson& values = (*out)[facts.key] = ViewJson::object();
    for (const Fact& fact : facts.list) values[fact.key] = std::visit(ValueJsonOf(), fact.cell.value);
  }
  void operator()(const Chart& chart) const {
    ViewJson& values = (*out)[chart.key] = ViewJson{{"step_seconds", chart.step.count()}};
    for (const Series& series : chart.series) {
      ViewJson list = ViewJson::array();
      for (const double value : series.values) list.push_back(NumberJson(value));
      values[series.key] = std::move(list);
    }
  }
  void operator()(const Drawing& /*drawing*/) const {}
  void operator()(const Form& /*form*/) const {}
  void operator()(const Table& table) const {
    ViewJson list = ViewJson::array();
    for (const std::vector<Cell>& row : table.rows) {
      ViewJson object = ViewJson::object();
      for (size_t i = 0; i < row.size() && i < table.columns.size(); ++i) {
        if (table.columns[i].key.empty()) continue;
        object[table.columns[i].key] = std::visit(ValueJsonOf(), row[i].value);
      }
      list.push_back(std::move(object));
    }
    Put(table.key, std::move(list), table.left_out);
  }

 private:
  void Put(const std::string& key, ViewJson list, size_t left_out) const {
    (*out)[key] = std::move(list);
    if (left_out > 0) (*out)[key + "_left_out"] = left_out;
  }
};

}  // namespace

std::string RenderJson(const View& view) {
  ViewJson json = {{"made", ToIsoText(Moment{view.made})}, {"verdict", FindingJson(view.verdict)}};
  for (const Section& section : view.sections) {
    ViewJson out = ViewJson::object();
    for (const Block& block : section.blocks) std::visit(BlockJson{&out}, block);
    if (!out.empty()) json[section.key] = std::move(out);
  }
  return json.dump(2, ' ', false, ViewJson::error_handler_t::replace) + "\n";
}

}  // namespace rowkeeper::status
