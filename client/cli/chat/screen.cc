#include "client/cli/chat/screen.h"

#include <algorithm>
#include <cstddef>

#include "client/cli/chat/clusters.h"

namespace parley::client::cli::chat {
namespace {

/// Marks beyond that on one letter are left out: nobody writes so, but somebody may send it.
constexpr std::size_t kMaxCellBytes = 64;

std::string CellText(std::string_view cluster) {
  if (cluster == "\t") return " ";
  if (cluster.size() <= kMaxCellBytes) return std::string(cluster);
  std::size_t size = kMaxCellBytes;
  while ((static_cast<unsigned char>(cluster[size]) & 0xC0U) == 0x80U) --size;
  return std::string(cluster.substr(0, size));
}

}  // namespace

int WidthOf(const std::vector<Span>& spans) {
  int width = 0;
  for (const Span& span : spans) width += WidthOf(span.text);
  return width;
}

void Screen::Clear(int row, int col) {
  if (at(row, col).text.empty() && col > 0)
    Mutable(row, col - 1) = Cell{.style = at(row, col - 1).style};
  if (col + 1 < size_.cols && at(row, col + 1).text.empty()) {
    Mutable(row, col + 1) = Cell{.style = at(row, col).style};
  }
}

int Screen::Put(Point at, std::string_view text, Style style, int end) {
  end = std::min(end, size_.cols);
  if (at.row < 0 || at.row >= size_.rows || at.col < 0) return at.col;
  while (!text.empty()) {
    const Cluster cluster = FirstCluster(text);
    text.remove_prefix(cluster.text.size());
    if (cluster.width == 0) continue;  // it has nothing to stand on
    if (at.col + cluster.width > end) break;
    for (int i = 0; i < cluster.width; ++i) Clear(at.row, at.col + i);
    Mutable(at.row, at.col) = {CellText(cluster.text), cluster.firm, style};
    if (cluster.width == 2) Mutable(at.row, at.col + 1) = {"", cluster.firm, style};
    at.col += cluster.width;
  }
  return at.col;
}

int Screen::Put(Point at, const std::vector<Span>& spans, int end) {
  for (const Span& span : spans) at.col = Put(at, span.text, span.style, end);
  return at.col;
}

void Screen::PutRight(int row, int begin, int end, std::string_view text, Style style) {
  const int col = end - WidthOf(text);
  if (col >= begin) Put({row, col}, text, style, end);
}

void Screen::Fill(const Box& box, std::string_view text, Style style) {
  for (int row = box.row; row < box.row + box.rows; ++row) {
    for (int col = box.col; col < box.col + box.cols; ++col) Put({row, col}, text, style);
  }
}

std::string Screen::RowText(int row) const {
  std::string text;
  for (int col = 0; col < size_.cols; ++col) text += at(row, col).text;
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

std::string Screen::Text() const {
  std::string text;
  for (int row = 0; row < size_.rows; ++row) text += RowText(row) + "\n";
  return text;
}

}  // namespace parley::client::cli::chat
