#include <algorithm>

#include <fmt/format.h>

#include "client/cli/chat/clusters.h"
#include "client/cli/chat/past.h"
#include "client/cli/chat/times.h"
#include "client/cli/chat/view_parts.h"

namespace parley::client::cli::chat {
namespace {

constexpr Style kFaint{Ink::kFaint};
constexpr Style kStrong{Ink::kPlain, true};
constexpr Style kAccent{Ink::kAccent, true};

/// What stands behind the name: who is there.
Span About(const State& state, const Talk& talk) {
  if (!talk.direct()) return {fmt::format("{} members", talk.member_count), kFaint};
  if (state.Online(talk.peer())) return {"online", {Ink::kGood}};
  const auto found = state.presence.find(talk.peer());
  if (found == state.presence.end()) return {"", kFaint};
  const std::optional<TimePoint> last = found->second.last_active_at;
  return {last ? "last here " + ShortTime(*last, state.now) : "", kFaint};
}

void DrawTitle(const State& state, const Talk& talk, const Box& box, Screen& screen) {
  if (box.rows == 0) return;
  const int end = box.col + box.cols - 1;
  const Span about = About(state, talk);
  const int room = std::max(4, box.cols - 4 - WidthOf(about.text));
  const int col = screen.Put({box.row, box.col + 1}, Fit(talk.name, room), kStrong, end);
  screen.Put({box.row, col + 2}, about.text, about.style, end);
}

void DrawLine(const PastLine& line, int row, int begin, int end, Screen& screen) {
  if (line.rule) {
    screen.Fill({row, begin, 1, end - begin}, "─", kFaint);
    const int col = begin + std::max(0, (end - begin - WidthOf(line.spans) - 2) / 2);
    const int next = screen.Put({row, screen.Put({row, col}, " ", {}, end)}, line.spans, end);
    screen.Put({row, next}, " ", {}, end);
    return;
  }
  const int next = screen.Put({row, begin}, line.spans, end);
  const int mark = end - WidthOf(line.right.text);
  screen.PutRight(row, next, end, line.right.text, line.right.style);
  screen.PutRight(row, next + 1, mark, line.word, line.right.style);
}

void DrawPast(const State& state, const Talk& talk, const Panes& panes, Screen& screen) {
  const Box& box = panes.past;
  if (box.rows == 0) return;
  const Past::Seen seen = Past(state, talk, TextCols(panes), box.rows).Look();
  if (seen.lines.empty()) {
    const char* text = talk.timeline.loaded() ? "Nothing has been said yet." : "loading…";
    screen.Put({box.row + box.rows - 1, box.col + 1}, text, kFaint, box.col + box.cols - 1);
    return;
  }
  int row = box.row + box.rows - static_cast<int>(seen.lines.size());
  const int begin = box.col + 1;
  for (const PastLine& line : seen.lines) {
    DrawLine(line, row++, begin, begin + TextCols(panes), screen);
  }
}

/// Who is typing, and what lies further down.
void DrawEdge(const State& state, const Talk& talk, const Box& box, bool rule, Screen& screen) {
  if (box.rows == 0) return;
  const int end = box.col + box.cols;
  if (rule) screen.Fill(box, "─", kFaint);
  const std::string typing = TypingLine(state, talk);
  if (!typing.empty())
    screen.Put({box.row, box.col + 1}, fmt::format(" {} ", typing), {Ink::kAccent}, end - 1);
  if (talk.scroll.at_end && talk.timeline.at_end()) return;
  if (!talk.timeline.loaded()) return;
  const std::string more = talk.unread > 0 ? fmt::format(" ↓ {} new, Esc ", talk.unread)
                                           : std::string(" ↓ Esc: to the end ");
  screen.PutRight(box.row, box.col + 2 + WidthOf(typing), end - 2, more,
                  talk.unread > 0 ? kAccent : kFaint);
}

void DrawWrite(const State& state, const Talk& talk, const Box& box, Screen& screen) {
  if (box.rows == 0) return;
  const Composer::Layout layout = talk.draft.Lay(box.cols - 4);
  const int first = std::max(0, layout.row - box.rows + 1);
  const int end = box.col + box.cols - 1;
  screen.Put({box.row, box.col + 1}, "›", kAccent, end);
  for (int row = 0; row < box.rows; ++row) {
    const auto line = static_cast<std::size_t>(first + row);
    if (line < layout.lines.size())
      screen.Put({box.row + row, box.col + 3}, layout.lines[line], {}, end);
  }
  if (talk.draft.empty())
    screen.Put({box.row, box.col + 3}, Fit("Write to " + talk.name, box.cols - 4), kFaint, end);
  if (state.focus != Focus::kWrite) return;
  screen.set_cursor(Point{box.row + layout.row - first,
                          std::clamp(box.col + 3 + layout.col, 0, std::max(0, end))});
}

}  // namespace

void DrawConversation(const State& state, const Panes& panes, Screen& screen) {
  const Talk& talk = *state.opened();
  DrawTitle(state, talk, panes.title, screen);
  DrawPast(state, talk, panes, screen);
  DrawEdge(state, talk, panes.edge, panes.tall, screen);
  DrawWrite(state, talk, panes.write, screen);
}

}  // namespace parley::client::cli::chat
