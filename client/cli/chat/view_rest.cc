#include <algorithm>
#include <array>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "client/cli/chat/clusters.h"
#include "client/cli/chat/past.h"
#include "client/cli/chat/view_parts.h"
#include "client/cli/chat/wrap.h"

namespace parley::client::cli::chat {
namespace {

constexpr Style kFaint{Ink::kFaint};
constexpr Style kStrong{Ink::kPlain, true};
constexpr Style kAccent{Ink::kAccent, true};

using Hint = std::pair<std::string_view, std::string_view>;

constexpr std::array kHelp = {
    Hint{"Tab, Ctrl-N", "next conversation; before: Shift-Tab, Ctrl-P"},
    Hint{"Ctrl-F or /", "find a conversation by its name"},
    Hint{"Ctrl-O", "talk to somebody, or open a group by its title"},
    Hint{"Enter", "send; a new line: Alt-Enter, Ctrl-J"},
    Hint{"Up, PgUp", "earlier messages"},
    Hint{"Down, PgDn", "later messages; the latest: Esc, Ctrl-End"},
    Hint{"Ctrl-W, Ctrl-U", "delete a word, or all before it in the line"},
    Hint{"Ctrl-R", "take a refused message back and mend it"},
    Hint{"F2", "who is in it, and who has read all"},
    Hint{"Ctrl-L, Ctrl-Z", "draw anew; suspend"},
    Hint{"Ctrl-Q, Ctrl-C", "quit"},
    Hint{"", ""},
    Hint{"… ✓ ✓✓", "on its way, stored, delivered; green: read"},
    Hint{"● ○ #", "online, not online, a group"},
};

constexpr std::array kWelcome = {
    Hint{"Tab", "open the first one"},
    Hint{"↑ ↓ Enter", "choose one"},
    Hint{"/", "find one by its name"},
    Hint{"Ctrl-O", "talk to somebody"},
    Hint{"F1", "all keys"},
};

void DrawHints(std::span<const Hint> hints, const Box& box, Screen& screen) {
  std::size_t widest = 0;
  for (const auto& [keys, what] : hints)
    widest = std::max(widest, static_cast<std::size_t>(WidthOf(keys)));
  const int end = box.col + box.cols - 1;
  int row = box.row;
  for (const auto& [keys, what] : hints) {
    if (row >= box.row + box.rows) return;
    screen.Put({row, box.col + 2}, keys, kStrong, end);
    const int col = box.col + 2 + static_cast<int>(widest) + 2;
    for (const std::string_view line : Wrap(what, std::max(2, end - col))) {
      if (row < box.row + box.rows) screen.Put({row++, col}, line, {}, end);
    }
  }
}

/// How it stands with the server, and what waits for it.
std::vector<Span> LinkOf(const State& state) {
  const std::size_t waiting = state.Waiting();
  const std::string more = waiting > 0 ? fmt::format(" · {} to send", waiting) : "";
  switch (state.link) {
    case Link::kLive:
      return {{"● ", {Ink::kGood}},
              {state.names.Of(state.self) + "  " + state.server + more, kFaint}};
    case Link::kConnecting:
      return {{"○ connecting to " + state.server + "…" + more, {Ink::kAccent}}};
    case Link::kLost:
      break;
  }
  return {{"○ no connection, trying again" + more, {Ink::kBad, true}},
          {"  " + state.lost_reason, kFaint}};
}

}  // namespace

void DrawWelcome(const State& state, const Box& box, Screen& screen) {
  if (box.rows <= 0 || !state.listed) return;
  constexpr auto kRows = static_cast<int>(kWelcome.size());
  const int top = std::max(0, (box.rows - kRows) / 2);
  const int left = std::max(0, (box.cols - 42) / 2);
  DrawHints(kWelcome, {box.row + top, box.col + left, box.rows - top, box.cols - left}, screen);
}

void DrawHelp(const Box& box, Screen& screen) { DrawHints(kHelp, box, screen); }

void DrawMembers(const State& state, const Box& box, Screen& screen) {
  const Talk* talk = state.opened();
  if (talk == nullptr) return;
  const int end = box.col + box.cols - 1;
  int row = box.row;
  for (const Member& member : state.members) {
    if (row == box.row + box.rows) return;
    const UserId id = member.user.id;
    const bool self = id == state.self;
    const bool online = self || state.Online(id);
    screen.Put({row, box.col + 2}, online ? "●" : "○", online ? Style{Ink::kGood} : kFaint, end);
    int col =
        screen.Put({row, box.col + 4}, state.names.Of(id), {InkOf(id, state.self), true}, end);
    if (self) col = screen.Put({row, col}, " (you)", kFaint, end);
    if (member.role == Role::kAdmin && !talk->direct())
      col = screen.Put({row, col}, " admin", kAccent, end);
    const bool all = !self && talk->ReadBy(id) >= talk->head;
    screen.PutRight(row, col + 2, end, all ? "has read all" : "", kFaint);
    ++row;
  }
}

void DrawStatus(const State& state, const Box& box, Screen& screen) {
  if (box.rows == 0 || box.cols < 2) return;
  const int end = box.col + box.cols - 1;
  if (state.focus == Focus::kOpen) {
    const int col = screen.Put({box.row, box.col + 1}, "Talk to ", kAccent, end);
    screen.Put({box.row, col}, state.question.text(), kStrong, end);
    screen.set_cursor(Point{box.row, std::min(col + state.question.Lay(1 << 16).col, end - 1)});
    return;
  }
  const std::vector<Span> left =
      state.notice.empty() ? LinkOf(state) : std::vector<Span>{{state.notice, kAccent}};
  const std::string hint = state.overlay == Overlay::kNone ? "F1 help" : "Esc back";
  const int col = screen.Put({box.row, box.col + 1}, left, end);
  screen.PutRight(box.row, col + 2, end, hint, kFaint);
}

}  // namespace parley::client::cli::chat
