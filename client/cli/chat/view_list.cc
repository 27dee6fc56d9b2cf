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
/// Two rows for each where at least so many conversations are seen that way.
constexpr int kTwoRowsFrom = 8;
constexpr int kColsForTimes = 16;

std::string PreviewOf(const State& state, const Talk& talk) {
  if (!talk.draft.empty() && state.open != talk.id)
    return "draft: " + talk.draft.text().substr(0, talk.draft.text().find('\n'));
  if (talk.last_sender.IsNil()) return "nothing said yet";
  if (talk.last_sender == state.self) return "you: " + talk.last_text;
  return talk.direct() ? talk.last_text : state.names.Of(talk.last_sender) + ": " + talk.last_text;
}

/// Before the name: whether somebody is there, or that there are many.
Span SignOf(const State& state, const Talk& talk) {
  if (!talk.direct()) return {"#", kFaint};
  return state.Online(talk.peer()) ? Span{"●", {Ink::kGood}} : Span{"○", kFaint};
}

void DrawEntry(const State& state, const Talk& talk, const Box& box, Screen& screen) {
  const bool here = state.chosen == talk.id;
  const int end = box.col + box.cols - 1;
  for (int row = 0; here && row < box.rows; ++row)
    screen.Put({box.row + row, box.col}, "▌", kAccent);
  screen.Put({box.row, box.col + 1}, SignOf(state, talk).text, SignOf(state, talk).style);

  const std::string count = talk.unread == 0    ? ""
                            : talk.unread > 999 ? "999+"
                                                : std::to_string(talk.unread);
  const std::string time = talk.last_sender.IsNil() ? "" : ShortTime(talk.active_at, state.now);
  // In one row the count is more than the time.
  const bool one_row = box.rows == 1;
  std::string right = one_row && !count.empty() ? count : time;
  if (box.cols < kColsForTimes) right.clear();
  const int room = end - (box.col + 3) - WidthOf(right) - 1;
  screen.Put({box.row, box.col + 3}, Fit(talk.name, room),
             here || talk.unread > 0 ? kStrong : Style{}, end);
  screen.PutRight(box.row, box.col + 4, end, right, one_row && !count.empty() ? kAccent : kFaint);
  if (one_row) return;

  const std::string typing = TypingLine(state, talk);
  const int width = end - (box.col + 3) - (count.empty() ? 0 : WidthOf(count) + 1);
  const std::string preview = typing.empty() ? PreviewOf(state, talk) : typing;
  screen.Put({box.row + 1, box.col + 3}, Fit(preview, width),
             typing.empty() ? kFaint : Style{Ink::kAccent}, end);
  screen.PutRight(box.row + 1, box.col + 4, end, count, kAccent);
}

void DrawTitle(const State& state, const Box& box, Screen& screen) {
  if (box.rows == 0) return;
  const int end = box.col + box.cols;
  if (state.focus == Focus::kFind || !state.find.empty()) {
    const Composer::Layout layout = state.find.Lay(1 << 16);
    const int col = screen.Put({box.row, box.col + 1}, "Find ", kAccent, end);
    screen.Put({box.row, col}, state.find.text(), kStrong, end);
    if (state.focus == Focus::kFind)
      screen.set_cursor(Point{box.row, std::min(col + layout.col, end - 1)});
    return;
  }
  screen.Put({box.row, box.col + 1}, "Parley", kStrong, end);
  const auto unread = std::count_if(state.order.begin(), state.order.end(),
                                    [&](ConversationId id) { return state.Find(id)->unread > 0; });
  if (unread > 0)
    screen.PutRight(box.row, box.col + 9, end - 1, fmt::format("{} unread", unread),
                    {Ink::kAccent});
}

}  // namespace

void DrawList(const State& state, const Panes& panes, Screen& screen) {
  const Box& box = panes.list;
  DrawTitle(state, panes.list_title, screen);
  if (box.rows == 0) return;
  const std::vector<ConversationId> listed = state.Listed();
  if (listed.empty()) {
    const char* text = !state.find.empty() ? "no such name"
                       : state.listed      ? "nobody yet: Ctrl-O"
                                           : "…";
    screen.Put({box.row, box.col + 3}, text, kFaint, box.col + box.cols - 1);
    return;
  }
  const int each = box.rows >= 2 * kTwoRowsFrom ? 2 : 1;
  const int visible = std::max(1, box.rows / each);
  const auto count = static_cast<int>(listed.size());
  const auto found =
      state.chosen ? std::find(listed.begin(), listed.end(), *state.chosen) : listed.begin();
  const int chosen = found == listed.end() ? 0 : static_cast<int>(found - listed.begin());
  const int first = std::clamp(chosen - visible / 2, 0, std::max(0, count - visible));
  for (int i = first; i < std::min(count, first + visible); ++i) {
    const Talk& talk = *state.Find(listed[static_cast<std::size_t>(i)]);
    DrawEntry(state, talk, {box.row + (i - first) * each, box.col, each, box.cols}, screen);
  }
}

}  // namespace parley::client::cli::chat
