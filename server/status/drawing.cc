#include "server/status/drawing.h"

#include <algorithm>
#include <cstdlib>
#include <string>

#include "server/base/text.h"

namespace rowkeeper::status {
namespace {

constexpr int kRowHeight = 26;
constexpr int kTextRight = 300;
constexpr int kArcLeft = 310;
constexpr int kPictureWidth = 500;
constexpr int kWidestArc = kPictureWidth - kArcLeft - 10;

int MiddleOf(size_t row) { return static_cast<int>(row) * kRowHeight + kRowHeight / 2; }

/// From one row to another, the farther apart the wider; to itself a small loop.
std::string ArcOf(const Drawing::Edge& edge, size_t rows) {
  const int from = MiddleOf(edge.from), to = MiddleOf(edge.to);
  if (edge.from == edge.to) return Cat("M", kArcLeft, " ", from - 5, "c30 -8 30 18 0 10");
  const int apart = std::abs(static_cast<int>(edge.from) - static_cast<int>(edge.to));
  const int width = 25 + (kWidestArc - 25) * apart / static_cast<int>(std::max<size_t>(rows, 1));
  const int control = kArcLeft + width * 4 / 3;  // such a curve goes three quarters of the way
  return Cat("M", kArcLeft, " ", from, "C", control, " ", from, " ", control, " ", to, " ", kArcLeft, " ", to);
}

}  // namespace

void WriteDrawing(const Drawing& drawing, Html* html) {
  const auto figure = html->Open("figure", {{"class", "drawing"}});
  html->Add("figcaption", drawing.caption);
  const std::string box = Cat("0 0 ", kPictureWidth, " ", MiddleOf(drawing.nodes.size()));
  const auto svg = html->Open("svg", {{"viewBox", box},
                                      {"role", "img"},
                                      {"aria-label", Cat(drawing.caption, "; the table of relations says the same")}});
  for (const Drawing::Edge& edge : drawing.edges) {
    html->Add("path", "", {{"class", "arc"}, {"d", ArcOf(edge, drawing.nodes.size())}});
    html->Add("circle", "",
              {{"class", "end"},
               {"cx", Cat(kArcLeft)},
               {"cy", Cat(MiddleOf(edge.to) + (edge.from == edge.to ? 5 : 0))},
               {"r", "4"}});
  }
  for (size_t i = 0; i < drawing.nodes.size(); ++i) {
    html->Add("text", drawing.nodes[i],
              {{"x", Cat(kTextRight)}, {"y", Cat(MiddleOf(i) + 4)}, {"text-anchor", "end"}, {"class", "node"}});
  }
}

}  // namespace rowkeeper::status
