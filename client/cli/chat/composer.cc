#include "client/cli/chat/composer.h"

#include <algorithm>
#include <utility>

#include "client/cli/chat/clusters.h"
#include "client/cli/chat/wrap.h"

namespace parley::client::cli::chat {
namespace {

bool IsSpace(char c) { return c == ' ' || c == '\n' || c == '\t'; }

/// The byte of `line` that is shown in column `col`, or its end.
std::size_t OffsetIn(std::string_view line, int col) {
  std::size_t at = 0;
  while (at < line.size()) {
    const Cluster cluster = FirstCluster(line.substr(at));
    col -= cluster.width;
    if (col < 0) break;
    at += cluster.text.size();
  }
  return at;
}

}  // namespace

void Composer::Insert(std::string_view text) {
  text_.insert(cursor_, text);
  const std::size_t end = cursor_ + text.size();
  // An accent joins the letter before it, and the cursor goes behind both.
  cursor_ = 0;
  while (cursor_ < end) cursor_ = After(Unit::kCluster);
}

void Composer::Set(std::string text) {
  text_ = std::move(text);
  cursor_ = text_.size();
}

std::string Composer::Take() {
  cursor_ = 0;
  return std::exchange(text_, {});
}

std::size_t Composer::Before(Unit by) const {
  std::size_t at = cursor_;
  switch (by) {
    case Unit::kCluster:
      return PreviousBoundary(text_, at);
    case Unit::kWord:
      while (at > 0 && IsSpace(text_[at - 1])) --at;
      while (at > 0 && !IsSpace(text_[at - 1])) --at;
      return at;
    case Unit::kLine:
      while (at > 0 && text_[at - 1] != '\n') --at;
      return at;
    case Unit::kAll:
      break;
  }
  return 0;
}

std::size_t Composer::After(Unit by) const {
  std::size_t at = cursor_;
  switch (by) {
    case Unit::kCluster:
      if (at < text_.size()) at += FirstCluster(std::string_view(text_).substr(at)).text.size();
      return at;
    case Unit::kWord:
      while (at < text_.size() && IsSpace(text_[at])) ++at;
      while (at < text_.size() && !IsSpace(text_[at])) ++at;
      return at;
    case Unit::kLine:
      return std::min(text_.find('\n', at), text_.size());
    case Unit::kAll:
      break;
  }
  return text_.size();
}

void Composer::DeleteBack(Unit by) {
  const std::size_t from = Before(by);
  text_.erase(from, cursor_ - from);
  cursor_ = from;
}

void Composer::DeleteForward(Unit by) { text_.erase(cursor_, After(by) - cursor_); }

Composer::Layout Composer::Lay(int width) const {
  // One column is left for a cursor behind the last character.
  const int room = std::max(2, width - 1);
  Layout layout{Wrap(text_, room), 0, 0};
  const auto begins_after_cursor = [this](std::string_view line) {
    return line.data() > text_.data() + cursor_;
  };
  while (static_cast<std::size_t>(layout.row) + 1 < layout.lines.size() &&
         !begins_after_cursor(layout.lines[static_cast<std::size_t>(layout.row) + 1])) {
    ++layout.row;
  }
  const std::string_view line = layout.lines[static_cast<std::size_t>(layout.row)];
  const auto before = static_cast<std::size_t>(text_.data() + cursor_ - line.data());
  layout.col = std::min(room, WidthOf(line.substr(0, before)));
  return layout;
}

bool Composer::MoveLine(int by, int width) {
  const Layout layout = Lay(width);
  const int row = layout.row + by;
  if (row < 0 || row >= static_cast<int>(layout.lines.size())) return false;
  const std::string_view line = layout.lines[static_cast<std::size_t>(row)];
  cursor_ = static_cast<std::size_t>(line.data() - text_.data()) + OffsetIn(line, layout.col);
  return true;
}

}  // namespace parley::client::cli::chat
