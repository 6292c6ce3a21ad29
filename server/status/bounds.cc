#include "server/base/utf8.h"
#include "server/status/html.h"
#include "server/status/view.h"

namespace rowkeeper::status {
namespace {

/// Of the elements around a text.
constexpr size_t kAround = 64;

class Bounds {
 public:
  explicit Bounds(const ViewLimits& limits) : limits_(limits) {}

  void Text(std::string* text) {
    if (text->size() > limits_.text) *text = ShortenUtf8(*text, limits_.text);
    used_ += EscapedSize(*text) + kAround;
  }

  void operator()(Findings& findings) {
    Rows(&findings.list, &findings.left_out, [this](Finding& finding) {
      Text(&finding.what);
      Text(&finding.remedy);
    });
  }
  void operator()(Table& table) {
    Rows(&table.rows, &table.left_out, [this](std::vector<Cell>& row) {
      for (Cell& cell : row) Text(cell);
    });
  }
  void operator()(Facts& facts) {
    for (Fact& fact : facts.list) Text(fact.cell);
  }
  void operator()(Chart& /*chart*/) {}
  void operator()(Form& /*form*/) {}
  void operator()(Drawing& drawing) {
    for (std::string& node : drawing.nodes) Text(&node);
  }

 private:
  void Text(Cell& cell) {
    if (auto* text = std::get_if<std::string>(&cell.value)) return Text(text);
    if (auto* code = std::get_if<Code>(&cell.value)) return Text(&code->text);
    if (auto* button = std::get_if<Button>(&cell.value)) {
      Text(&button->value);
      Text(&button->description);
    }
    used_ += kAround;
  }

  /// A row that does not fit any more goes, with all that follow.
  template <typename Row, typename Measure>
  void Rows(std::vector<Row>* rows, size_t* left_out, const Measure& measure) {
    size_t kept = 0;
    while (kept < rows->size() && kept < limits_.rows && used_ < limits_.all_text) measure((*rows)[kept++]);
    *left_out += rows->size() - kept;
    rows->resize(kept);
  }

  const ViewLimits limits_;
  size_t used_ = 0;
};

}  // namespace

void Bound(View* view, const ViewLimits& limits) {
  Bounds bounds(limits);
  bounds.Text(&view->verdict.what);
  bounds.Text(&view->verdict.remedy);
  for (Section& section : view->sections) {
    for (Block& block : section.blocks) std::visit(bounds, block);
  }
}

}  // namespace rowkeeper::status
