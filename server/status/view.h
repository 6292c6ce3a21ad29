#pragma once

// The map of this folder:
//   view.h        what a status page says: data, which two writers write; bounds.cc keeps it to its limits
//   html_page.h   for people; html.h: elements, and the one place that escapes; chart.h, drawing.h: SVG; style.h: CSS
//   json_page.h   the same for programs
//   overview.h    what the pages are about: plain data in, a view out; one file for each page
//   findings.h    what hurts, and what to do about it

#include <chrono>
#include <cstddef>
#include <limits>
#include <string>
#include <variant>
#include <vector>

#include "server/base/clock.h"

namespace rowkeeper::status {

enum class Tone { kPlain, kGood, kWarning, kBad };

enum class Unit { kCount, kPerSecond, kMilliseconds, kPercent };

struct Number {
  double value = 0;
  Unit unit = Unit::kCount;
};
/// Names and SQL, which people see in a fixed width.
struct Code {
  std::string text;
};
struct Moment {
  Clock::wall_time_point time;
};
/// Sends the page's form with the field `name`, if the page has one. JSON has null.
struct Button {
  std::string name;
  std::string value;
  std::string label;
  /// What it does to what, for those who do not see the row.
  std::string description;
};

/// monostate: there is none.
using Value = std::variant<std::monostate, std::string, Code, Number, Moment, Button>;

struct Cell {
  Value value;
  Tone tone = Tone::kPlain;
};

struct Fact {
  /// Of its value in JSON; a word of the code, as all keys are.
  std::string key;
  std::string label;
  Cell cell;
};

/// Single values with names.
struct Facts {
  std::string key;
  std::vector<Fact> list;
};

struct Column {
  /// Empty: JSON leaves the column out.
  std::string key;
  std::string label;
};

struct Table {
  std::string key;
  std::string caption;
  std::vector<Column> columns;
  /// As many cells each as there are columns.
  std::vector<std::vector<Cell>> rows;
  /// Said in place of a table without rows.
  std::string none;
  /// Rows that are not among these for want of room.
  size_t left_out = 0;
};

/// Something that is wrong or worth knowing.
struct Finding {
  Tone tone = Tone::kWarning;
  std::string what;
  /// What to do; may be empty.
  std::string remedy;
};

struct Findings {
  std::string key;
  std::vector<Finding> list;
  std::string none;
  size_t left_out = 0;
};

struct Series {
  std::string key;
  std::string label;
  /// One for each step; kNoValue where there is none.
  std::vector<double> values;
};
inline constexpr double kNoValue = std::numeric_limits<double>::quiet_NaN();

/// Values over time, a few series of one unit.
struct Chart {
  std::string key;
  std::string caption;
  Unit unit = Unit::kCount;
  std::chrono::seconds step{10};
  /// Steps from the left edge to the right one; series that are shorter end at the right.
  size_t steps = 360;
  std::vector<Series> series;
};

/// Things and what they lead to, drawn. JSON leaves it out: a table says the same.
struct Drawing {
  struct Edge {
    size_t from = 0;
    size_t to = 0;
  };
  std::string caption;
  std::vector<std::string> nodes;
  std::vector<Edge> edges;
};

/// What is asked of somebody who presses one of the page's buttons: one secret word. One a page. JSON leaves it out.
struct Form {
  /// Where it is sent, with POST.
  std::string path;
  /// Of the word's field.
  std::string name;
  std::string label;
  std::string hint;
};

using Block = std::variant<Findings, Facts, Chart, Table, Drawing, Form>;

struct Section {
  std::string key;
  std::string heading;
  std::vector<Block> blocks;
};

/// One page.
struct View {
  /// "/status"; the same for programs is at "/status.json".
  std::string path;
  std::string title;
  /// The whole in one sentence.
  Finding verdict;
  Clock::wall_time_point made;
  std::vector<Section> sections;
};

/// What keeps a page small, whatever there is to tell.
struct ViewLimits {
  /// Of a table or a list of findings.
  size_t rows = 200;
  /// Bytes of one text.
  size_t text = 4096;
  /// Bytes of all texts of a view, as they are once they are escaped.
  size_t all_text = size_t{512} * 1024;
};

/// Shortens texts and leaves rows out, which it counts, so that `view` keeps to `limits`.
void Bound(View* view, const ViewLimits& limits = ViewLimits());

}  // namespace rowkeeper::status
