#include "server/status/html_page.h"

#include "server/base/text.h"
#include "server/status/chart.h"
#include "server/status/drawing.h"
#include "server/status/html.h"
#include "server/status/number_text.h"
#include "server/status/style.h"

namespace rowkeeper::status {
namespace {

/// By which buttons anywhere on the page belong to its form.
constexpr char kFormId[] = "act";

std::string_view ToneClass(Tone tone) {
  switch (tone) {
    case Tone::kPlain:
      return "plain";
    case Tone::kGood:
      return "good";
    case Tone::kWarning:
      return "warning";
    case Tone::kBad:
      return "bad";
  }
  return "";
}

/// For those who do not see colours.
std::string_view ToneWord(Tone tone) {
  switch (tone) {
    case Tone::kPlain:
      return "Note: ";
    case Tone::kGood:
      return "Good: ";
    case Tone::kWarning:
      return "Warning: ";
    case Tone::kBad:
      return "Problem: ";
  }
  return "";
}

struct ValueWriter {
  Html* html;

  void operator()(std::monostate /*none*/) const { html->Text("–"); }
  void operator()(const std::string& text) const { html->Text(text); }
  void operator()(const Code& code) const { html->Add("code", code.text); }
  void operator()(const Number& number) const { html->Text(ToText(number)); }
  void operator()(const Button& button) const {
    html->Add("button", button.label,
              {{"type", "submit"},
               {"form", kFormId},
               {"name", button.name},
               {"value", button.value},
               {"aria-label", button.description}});
  }
  void operator()(const Moment& moment) const { html->Add("time", ToText(moment), {{"datetime", ToIsoText(moment)}}); }
};

std::string CellClass(const Cell& cell) {
  std::string name;
  if (std::holds_alternative<Number>(cell.value)) name = "number";
  if (std::holds_alternative<Moment>(cell.value)) name = "time";
  if (cell.tone != Tone::kPlain) name += Cat(name.empty() ? "" : " ", ToneClass(cell.tone));
  return name;
}

void WriteLeftOut(size_t left_out, Html* html) {
  if (left_out == 0) return;
  html->Add("p", Cat(left_out, left_out == 1 ? " more is" : " more are", " left out"), {{"class", "made"}});
}

void WriteFinding(const Finding& finding, HtmlName tag, Html* html) {
  const auto box = html->Open(tag, {{"class", Cat("finding ", ToneClass(finding.tone))}});
  {
    const auto what = html->Open("p");
    html->Add("span", ToneWord(finding.tone), {{"class", "mark"}});
    html->Text(finding.what);
  }
  if (!finding.remedy.empty()) html->Add("p", finding.remedy, {{"class", "remedy"}});
}

struct BlockWriter {
  Html* html;

  void operator()(const Findings& findings) const {
    if (findings.list.empty()) {
      if (!findings.none.empty()) html->Add("p", findings.none);
      return;
    }
    {
      const auto list = html->Open("ul", {{"class", "findings"}});
      for (const Finding& finding : findings.list) WriteFinding(finding, "li", html);
    }
    WriteLeftOut(findings.left_out, html);
  }

  void operator()(const Facts& facts) const {
    const auto list = html->Open("dl");
    for (const Fact& fact : facts.list) {
      const auto pair = html->Open("div");
      html->Add("dt", fact.label);
      const auto value = html->Open("dd", {{"class", ToneClass(fact.cell.tone)}});
      std::visit(ValueWriter{html}, fact.cell.value);
    }
  }

  void operator()(const Chart& chart) const { WriteChart(chart, html); }
  void operator()(const Drawing& drawing) const { WriteDrawing(drawing, html); }

  /// The first button of a form is what Enter presses: one that does nothing, so that nothing happens unmeant.
  void operator()(const Form& form) const {
    const auto element = html->Open("form", {{"id", kFormId}, {"method", "post"}, {"action", form.path}});
    html->Add("button", "", {{"type", "submit"}, {"disabled", ""}, {"hidden", ""}});
    html->Add("label", form.label, {{"for", form.name}});
    html->Void("input", {{"id", form.name},
                         {"name", form.name},
                         {"type", "password"},
                         {"required", ""},
                         {"autocomplete", "off"},
                         {"aria-describedby", "hint"}});
    html->Add("p", form.hint, {{"id", "hint"}, {"class", "made"}});
  }

  void operator()(const Table& table) const {
    if (table.rows.empty()) {
      if (!table.none.empty()) html->Add("p", table.none);
      return;
    }
    {
      // What is too wide is scrolled, also by keys.
      const auto region =
          html->Open("div", {{"class", "wide"}, {"role", "region"}, {"tabindex", "0"}, {"aria-label", table.caption}});
      const auto grid = html->Open("table");
      html->Add("caption", table.caption);
      WriteHead(table);
      const auto body = html->Open("tbody");
      for (const std::vector<Cell>& row : table.rows) WriteRow(row);
    }
    WriteLeftOut(table.left_out, html);
  }

 private:
  void WriteHead(const Table& table) const {
    const auto head = html->Open("thead");
    const auto row = html->Open("tr");
    for (const Column& column : table.columns) html->Add("th", column.label, {{"scope", "col"}});
  }
  void WriteRow(const std::vector<Cell>& row) const {
    const auto line = html->Open("tr");
    for (const Cell& cell : row) {
      const auto box = html->Open("td", {{"class", CellClass(cell)}});
      std::visit(ValueWriter{html}, cell.value);
    }
  }
};

void WriteSection(const Section& section, Html* html) {
  const auto element = html->Open("section", {{"aria-labelledby", section.key}});
  html->Add("h2", section.heading, {{"id", section.key}});
  for (size_t i = 0; i < section.blocks.size(); ++i) {
    if (!std::holds_alternative<Chart>(section.blocks[i])) {
      std::visit(BlockWriter{html}, section.blocks[i]);
      continue;
    }
    const auto charts = html->Open("div", {{"class", "charts"}});
    for (; i < section.blocks.size() && std::holds_alternative<Chart>(section.blocks[i]); ++i) {
      WriteChart(std::get<Chart>(section.blocks[i]), html);
    }
    --i;
  }
}

void WriteHeader(const View& view, const std::vector<PageLink>& pages, Html* html) {
  html->Add("a", "Skip to the content", {{"class", "skip"}, {"href", "#content"}});
  const auto header = html->Open("header");
  html->Add("p", "Rowkeeper");
  const auto nav = html->Open("nav", {{"aria-label", "Pages"}});
  const auto list = html->Open("ul");
  for (const PageLink& page : pages) {
    const auto item = html->Open("li");
    if (page.path == view.path) {
      html->Add("a", page.title, {{"href", page.path}, {"aria-current", "page"}});
    } else {
      html->Add("a", page.title, {{"href", page.path}});
    }
  }
}

void WriteHeadOf(const View& view, Html* html) {
  const auto head = html->Open("head");
  html->Void("meta", {{"charset", "utf-8"}});
  html->Void("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
  html->Add("title", Cat(view.title, " – Rowkeeper"));
  html->Void("link", {{"rel", "stylesheet"}, {"href", kStylePath}});
}

}  // namespace

std::string RenderHtml(const View& view, const std::vector<PageLink>& pages) {
  Html html;
  {
    const auto document = html.Open("html", {{"lang", "en"}});
    WriteHeadOf(view, &html);
    const auto body = html.Open("body");
    WriteHeader(view, pages, &html);
    {
      const auto main = html.Open("main", {{"id", "content"}});
      html.Add("h1", view.title);
      WriteFinding(view.verdict, "div", &html);
      {
        const auto made = html.Open("p", {{"class", "made"}});
        html.Text("As it was at ");
        ValueWriter{&html}(Moment{view.made});
        html.Text(". ");
        html.Add("a", "Look again", {{"href", view.path}});
      }
      for (const Section& section : view.sections) WriteSection(section, &html);
    }
    const auto footer = html.Open("footer");
    html.Text("For programs: ");
    html.Add("a", Cat(view.path, ".json"), {{"href", Cat(view.path, ".json")}});
  }
  return html.Take();
}

}  // namespace rowkeeper::status
