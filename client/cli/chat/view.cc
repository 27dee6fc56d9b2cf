#include "client/cli/chat/view.h"

#include <fmt/format.h>

#include "client/cli/chat/clusters.h"
#include "client/cli/chat/view_parts.h"

namespace parley::client::cli::chat {
namespace {

constexpr Style kFaint{Ink::kFaint};

/// Help and members take all of the screen but the status.
void DrawOverlay(const State& state, const Panes& panes, Screen& screen) {
  const Talk* talk = state.opened();
  const bool help = state.overlay == Overlay::kHelp || talk == nullptr;
  const Size size = screen.size();
  const int top = panes.tall ? 2 : size.rows > 4 ? 1 : 0;
  if (top > 0) screen.Put({0, 1}, help ? "Keys" : "Who is in " + talk->name, {Ink::kPlain, true});
  if (panes.tall) screen.Fill({1, 0, 1, size.cols}, "─", kFaint);
  const Box box{top, 0, size.rows - panes.status.rows - top, size.cols};
  if (help) {
    DrawHelp(box, screen);
  } else {
    DrawMembers(state, box, screen);
  }
}

/// The lines between the parts.
void DrawRules(const Panes& panes, Screen& screen) {
  const Size size = screen.size();
  const int bottom = size.rows - panes.status.rows;
  const int list_end = panes.list.cols;
  if (panes.tall) screen.Fill({1, 0, 1, size.cols}, "─", kFaint);
  if (!panes.both) return;
  screen.Fill({0, list_end, bottom, 1}, "│", kFaint);
  if (panes.tall) screen.Put({1, list_end}, "┼", kFaint);
}

}  // namespace

std::string TypingLine(const State& state, const Talk& talk) {
  const std::vector<UserId> typists = talk.Typists();
  if (typists.empty()) return {};
  if (typists.size() > 2) return "several are typing…";
  std::string names = state.names.Of(typists.front());
  if (typists.size() == 2) names += " and " + state.names.Of(typists.back());
  return fmt::format("{} {} typing…", names, typists.size() == 1 ? "is" : "are");
}

Screen Draw(const State& state) {
  Screen screen(state.size);
  if (state.size.rows < 1 || state.size.cols < 1) return screen;
  const Panes panes = PanesOf(state);
  DrawStatus(state, panes.status, screen);
  if (state.overlay != Overlay::kNone) {
    DrawOverlay(state, panes, screen);
    return screen;
  }
  DrawRules(panes, screen);
  DrawList(state, panes, screen);
  if (state.opened() != nullptr) {
    DrawConversation(state, panes, screen);
  } else if (panes.both) {
    DrawWelcome(state, panes.past, screen);
  }
  return screen;
}

}  // namespace parley::client::cli::chat
