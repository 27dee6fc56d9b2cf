#include "client/cli/chat/panes.h"

#include <algorithm>

namespace parley::client::cli::chat {
namespace {

constexpr int kColsForBoth = 64;
constexpr int kRowsForRules = 12;
constexpr int kRowsForTitle = 5;
constexpr int kListMin = 24;
constexpr int kListMax = 36;

constexpr int kTextMax = 100;

int RowsToWrite(const State& state, int cols) {
  const Talk* talk = state.opened();
  if (talk == nullptr) return 1;
  const int most = std::max(1, state.size.rows / 3);
  return std::clamp(static_cast<int>(talk->draft.Lay(cols).lines.size()), 1, most);
}

/// Title, past, edge and writing, from top to bottom.
void LayConversation(const State& state, int col, int bottom, Panes& panes) {
  const int cols = std::max(0, state.size.cols - col);
  const int title = bottom >= kRowsForTitle ? 1 : 0;
  const int past_row = title + (panes.tall ? 1 : 0);
  const int write = std::min(bottom, RowsToWrite(state, cols - 4));
  const int edge = bottom - write >= kRowsForTitle - 1 ? 1 : 0;
  panes.title = {0, col, title, cols};
  panes.past = {past_row, col, std::max(0, bottom - write - edge - past_row), cols};
  panes.edge = {bottom - write - edge, col, edge, cols};
  panes.write = {bottom - write, col, write, cols};
}

}  // namespace

int TextCols(const Panes& panes) { return std::clamp(panes.past.cols - 2, 4, kTextMax); }

Panes PanesOf(const State& state) {
  const auto [rows, cols] = state.size;
  Panes panes;
  panes.both = cols >= kColsForBoth;
  panes.tall = rows >= kRowsForRules;
  const int status = rows > 2 ? 1 : 0;
  panes.status = {rows - status, 0, status, cols};
  const int bottom = std::max(0, rows - status);

  const bool list =
      panes.both || state.list_in_front || state.focus == Focus::kFind || state.opened() == nullptr;
  const int list_cols = panes.both ? std::clamp(cols * 3 / 10, kListMin, kListMax) : cols;
  if (list) {
    const int title = bottom >= 2 ? 1 : 0;
    const int row = title + (panes.tall ? 1 : 0);
    panes.list_title = {0, 0, title, list_cols};
    // Side by side the list ends where the other side has its last rule.
    panes.list = {row, 0, std::max(0, bottom - row), list_cols};
  }
  if (panes.both || !list) LayConversation(state, panes.both ? list_cols + 1 : 0, bottom, panes);
  return panes;
}

}  // namespace parley::client::cli::chat
