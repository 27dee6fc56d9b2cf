#include "client/cli/chat/painter.h"

namespace parley::client::cli::chat {
namespace {

/// The columns of a row that have to be drawn.
struct Range {
  int from = 0;
  int to = 0;
};

bool AllFirm(const Screen& screen, int row) {
  for (int col = 0; col < screen.size().cols; ++col) {
    if (!screen.at(row, col).firm) return false;
  }
  return true;
}

Range Changed(const Screen& before, const Screen& after, int row) {
  const int cols = after.size().cols;
  Range range{0, cols};
  while (range.from < cols && before.at(row, range.from) == after.at(row, range.from)) ++range.from;
  if (range.from == cols) return {0, 0};
  // What such a one has written over is not known.
  if (!AllFirm(before, row) || !AllFirm(after, row)) return {0, cols};
  while (before.at(row, range.to - 1) == after.at(row, range.to - 1)) --range.to;
  // Wide ones as a whole.
  const auto within = [&](int col) {
    return after.at(row, col).text.empty() || before.at(row, col).text.empty();
  };
  while (range.from > 0 && within(range.from)) --range.from;
  while (range.to < cols && within(range.to)) ++range.to;
  return range;
}

}  // namespace

void Painter::Restyle(Style style, std::string& out) {
  if (style_ == style) return;
  style_ = style;
  out += capabilities_.StyleAs(style);
}

void Painter::PaintRow(const Screen& screen, int row, int from, int to, std::string& out) {
  const Size size = screen.size();
  // The last cell of all would scroll some terminals.
  if (row == size.rows - 1 && to == size.cols) --to;
  out += capabilities_.MoveTo({row, from});
  for (int col = from; col < to; ++col) {
    const Cell& cell = screen.at(row, col);
    if (cell.text.empty()) continue;
    Restyle(cell.style, out);
    if (cell.firm) {
      out += cell.text;
      continue;
    }
    const bool wide = col + 1 < size.cols && screen.at(row, col + 1).text.empty();
    out += wide ? "  " : " ";
    out += capabilities_.MoveTo({row, col}) + cell.text;
    if (col + (wide ? 2 : 1) < size.cols) out += capabilities_.MoveTo({row, col + (wide ? 2 : 1)});
  }
}

std::string Painter::Paint(const Screen& screen) {
  std::string out;
  if (!shown_ || shown_->size() != screen.size()) {
    style_.reset();
    Restyle({}, out);
    out += capabilities_.Clear();
    shown_.emplace(screen.size());
    shown_->set_cursor(std::nullopt);
    out += capabilities_.HideCursor();
  }
  for (int row = 0; row < screen.size().rows; ++row) {
    const auto [from, to] = Changed(*shown_, screen, row);
    if (from < to) PaintRow(screen, row, from, to, out);
  }
  const bool drawn = !out.empty();
  if (shown_->cursor() && (drawn || !screen.cursor())) out.insert(0, capabilities_.HideCursor());
  const std::optional<Point> cursor = screen.cursor();
  if (cursor && (drawn || cursor != shown_->cursor())) {
    out += capabilities_.MoveTo(*cursor) + capabilities_.ShowCursor();
  }
  shown_ = screen;
  return out;
}

}  // namespace parley::client::cli::chat
