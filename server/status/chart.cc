#include "server/status/chart.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string>

#include "server/base/text.h"
#include "server/status/number_text.h"

namespace rowkeeper::status {
namespace {

constexpr double kWidth = 600;
constexpr double kHeight = 100;
/// So many styles of lines there are.
constexpr size_t kLineStyles = 4;

double HighestOf(const Series& series) {
  double highest = kNoValue;
  for (const double value : series.values) {
    if (std::isfinite(value) && !(value <= highest)) highest = value;
  }
  return highest;
}

double LastOf(const Series& series) { return series.values.empty() ? kNoValue : series.values.back(); }

std::string Coordinate(double value) {
  std::array<char, 32> buffer{};
  const int size = std::snprintf(buffer.data(), buffer.size(), "%.1f", value);
  return std::string(buffer.data(), static_cast<size_t>(std::clamp(size, 0, 31)));
}

/// Of a line with gaps; a value between two gaps is a dot.
std::string PathOf(const Series& series, const Chart& chart, double top) {
  const size_t shown = std::min(series.values.size(), chart.steps);
  const size_t first = series.values.size() - shown;
  const double step = kWidth / static_cast<double>(std::max<size_t>(chart.steps, 2) - 1);
  std::string path;
  bool drawing = false;
  for (size_t i = 0; i < shown; ++i) {
    const double value = series.values[first + i];
    if (!std::isfinite(value)) {
      drawing = false;
      continue;
    }
    const double x = kWidth - static_cast<double>(shown - 1 - i) * step;
    const double y = kHeight - std::clamp(value / top, 0.0, 1.0) * kHeight;
    const std::string point = Cat(Coordinate(x), " ", Coordinate(y));
    path += drawing ? Cat("L", point) : Cat("M", point, "L", point);
    drawing = true;
  }
  return path;
}

std::string InWords(const Series& series, Unit unit) {
  if (!std::isfinite(HighestOf(series))) return Cat(series.label, ": nothing yet");
  return Cat(series.label, ": now ", ToText(Number{LastOf(series), unit}), ", highest ",
             ToText(Number{HighestOf(series), unit}));
}

std::string LineClass(size_t number) { return Cat("line line-", number % kLineStyles); }

std::string SpanText(const Chart& chart) {
  const auto span = chart.step * static_cast<int64_t>(chart.steps);
  return Cat(std::chrono::duration_cast<std::chrono::minutes>(span).count(), " min ago");
}

}  // namespace

void WriteChart(const Chart& chart, Html* html) {
  double highest = 0;
  std::string words = chart.caption;
  for (const Series& series : chart.series) {
    highest = std::max(highest, std::isfinite(HighestOf(series)) ? HighestOf(series) : 0);
    words += Cat("; ", InWords(series, chart.unit));
  }
  const double top = RoundUpNicely(highest);
  const auto figure = html->Open("figure");
  html->Add("figcaption", chart.caption);
  html->Add("p", ToText(Number{top, chart.unit}), {{"class", "scale"}, {"aria-hidden", "true"}});
  {
    const auto svg = html->Open(
        "svg", {{"viewBox", "0 0 600 100"}, {"preserveAspectRatio", "none"}, {"role", "img"}, {"aria-label", words}});
    html->Add("path", "", {{"class", "grid"}, {"d", "M0 0H600M0 50H600M0 100H600"}});
    for (size_t i = 0; i < chart.series.size(); ++i) {
      html->Add("path", "", {{"class", LineClass(i)}, {"d", PathOf(chart.series[i], chart, top)}});
    }
  }
  {
    const auto span = html->Open("p", {{"class", "span"}, {"aria-hidden", "true"}});
    html->Add("span", SpanText(chart));
    html->Add("span", "now");
  }
  const auto legend = html->Open("ul", {{"class", "legend"}});
  for (size_t i = 0; i < chart.series.size(); ++i) {
    const auto item = html->Open("li");
    {
      const auto key = html->Open("svg", {{"viewBox", "0 0 24 8"}, {"class", "key"}, {"aria-hidden", "true"}});
      html->Add("path", "", {{"class", LineClass(i)}, {"d", "M0 4H24"}});
    }
    html->Text(InWords(chart.series[i], chart.unit));
  }
}

}  // namespace rowkeeper::status
