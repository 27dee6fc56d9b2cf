// What somebody does at the keyboard.

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "client/cli/chat/model.h"
#include "client/cli/chat/panes.h"
#include "client/notices.h"

namespace parley::client::cli::chat {
namespace {

using Code = Key::Code;
using Unit = Composer::Unit;

bool Blank(std::string_view text) {
  return text.find_first_not_of(" \n\t") == std::string_view::npos;
}

}  // namespace

bool EditWith(Composer& composer, const Key& key) {
  if (key.code == Code::kText || key.code == Code::kPaste)
    composer.Insert(key.text);
  else if (key.code == Code::kBackspace)
    composer.DeleteBack(Unit::kCluster);
  else if (key.code == Code::kDelete || key.IsControl('d'))
    composer.DeleteForward(Unit::kCluster);
  else if (key.code == Code::kLeft || key.IsControl('b'))
    composer.MoveBack(Unit::kCluster);
  else if (key.code == Code::kRight)
    composer.MoveForward(Unit::kCluster);
  else if (key.code == Code::kWordLeft || key == Key{Code::kAlt, "b"})
    composer.MoveBack(Unit::kWord);
  else if (key.code == Code::kWordRight || key == Key{Code::kAlt, "f"})
    composer.MoveForward(Unit::kWord);
  else if (key.code == Code::kHome || key.IsControl('a'))
    composer.MoveBack(Unit::kLine);
  else if (key.code == Code::kEnd || key.IsControl('e'))
    composer.MoveForward(Unit::kLine);
  else if (key.IsControl('w') || key == Key{Code::kAlt, "\b"})
    composer.DeleteBack(Unit::kWord);
  else if (key == Key{Code::kAlt, "d"})
    composer.DeleteForward(Unit::kWord);
  else if (key.IsControl('u'))
    composer.DeleteBack(Unit::kLine);
  else if (key.IsControl('k'))
    composer.DeleteForward(Unit::kLine);
  else
    return false;
  return true;
}

void Model::OnKey(const Key& key) {
  state_.now = clock_.Now();
  const bool quits = key.IsControl('c') || key.IsControl('q');
  if (!quits) quit_asked_ = quit_when_sent_ = false;
  state_.notice.clear();
  if (quits) {
    TryToQuit();
  } else if (!OnGlobalKey(key)) {
    if (state_.focus == Focus::kFind)
      OnFindKey(key);
    else if (state_.focus == Focus::kOpen)
      OnQuestionKey(key);
    else if (state_.overlay != Overlay::kNone)
      OnOverlayKey(key);
    else if (state_.opened() != nullptr && !state_.list_in_front)
      OnWriteKey(key);
    else
      OnListKey(key);
  }
}

bool Model::OnGlobalKey(const Key& key) {
  if (key.code == Code::kEscape)
    OnEscape();
  else if (key.IsControl('z'))
    Do(Suspend{});
  else if (key.IsControl('l'))
    Do(Repaint{});
  else if (key.code == Code::kF1) {
    state_.overlay = state_.overlay == Overlay::kHelp ? Overlay::kNone : Overlay::kHelp;
  } else if (key.code == Code::kF2)
    ShowMembers();
  else if (key.IsControl('n') || key.code == Code::kTab || key.code == Code::kAltDown)
    Step(1);
  else if (key.IsControl('p') || key.code == Code::kBackTab || key.code == Code::kAltUp)
    Step(-1);
  else if (key.IsControl('f'))
    state_.focus = Focus::kFind;
  else if (key.IsControl('o'))
    state_.focus = Focus::kOpen;
  else
    return false;
  return true;
}

void Model::OnEscape() {
  if (state_.overlay != Overlay::kNone) {
    state_.overlay = Overlay::kNone;
  } else if (state_.focus == Focus::kFind) {
    state_.find.Take();
    state_.focus = Focus::kWrite;
    state_.chosen = state_.open;
  } else if (state_.focus == Focus::kOpen) {
    state_.question.Take();
    state_.focus = Focus::kWrite;
  } else if (Talk* talk = state_.opened(); talk != nullptr && !(talk->scroll == Scroll{})) {
    ToTheEnd();
  } else if (!PanesOf(state_).both) {
    state_.list_in_front = true;
    StopTyping();
  }
}

void Model::OnOverlayKey(const Key& key) {
  if (key.code == Code::kEnter || key == Key{Code::kText, "q"} || key == Key{Code::kText, "?"}) {
    state_.overlay = Overlay::kNone;
  }
}

void Model::OnListKey(const Key& key) {
  if (key.code == Code::kUp)
    Choose(-1);
  else if (key.code == Code::kDown)
    Choose(1);
  else if (key.code == Code::kEnter && state_.chosen)
    Open(*state_.chosen);
  else if (key == Key{Code::kText, "/"})
    state_.focus = Focus::kFind;
  else if (key == Key{Code::kText, "?"})
    state_.overlay = Overlay::kHelp;
}

void Model::OnFindKey(const Key& key) {
  if (key.code == Code::kUp) {
    Choose(-1);
  } else if (key.code == Code::kDown) {
    Choose(1);
  } else if (key.code == Code::kEnter) {
    const std::vector<ConversationId> listed = state_.Listed();
    state_.find.Take();
    state_.focus = Focus::kWrite;
    if (listed.empty()) return;
    const bool fits =
        state_.chosen && std::find(listed.begin(), listed.end(), *state_.chosen) != listed.end();
    Open(fits ? *state_.chosen : listed.front());
  } else if (key == Key{Code::kText, "/"} && state_.find.empty() && state_.opened() != nullptr) {
    // Twice: it was meant for the message.
    state_.focus = Focus::kWrite;
    state_.opened()->draft.Insert("/");
  } else if (EditWith(state_.find, key)) {
    const std::vector<ConversationId> listed = state_.Listed();
    state_.chosen = listed.empty() ? std::nullopt : std::optional(listed.front());
  }
}

void Model::OnQuestionKey(const Key& key) {
  if (key.code != Code::kEnter) {
    EditWith(state_.question, key);
    return;
  }
  std::string name = state_.question.Take();
  state_.focus = Focus::kWrite;
  if (Blank(name)) return;
  Do(Resolve{std::move(name)});
}

void Model::OnWriteKey(const Key& key) {
  Talk& talk = *state_.opened();
  const bool was_empty = talk.draft.empty();
  if (key.code == Code::kEnter)
    Send();
  else if (key.code == Code::kNewline)
    talk.draft.Insert("\n");
  else if (key == Key{Code::kText, "/"} && was_empty)
    state_.focus = Focus::kFind;
  else if (key.IsControl('r'))
    TakeBackRefused();
  else if (key.code == Code::kUp && talk.draft.MoveLine(-1, WriteCols()))
    return;
  else if (key.code == Code::kDown && talk.draft.MoveLine(1, WriteCols()))
    return;
  else if (OnScrollKey(key))
    return;
  else if (EditWith(talk.draft, key))
    SayTypingIfNeeded(was_empty);
}

bool Model::OnScrollKey(const Key& key) {
  if (key.code == Code::kUp)
    ScrollBy(1);
  else if (key.code == Code::kDown)
    ScrollBy(-1);
  else if (key.code == Code::kPageUp)
    ScrollBy(PageLines());
  else if (key.code == Code::kPageDown)
    ScrollBy(-PageLines());
  else if (key.code == Code::kCtrlEnd)
    ToTheEnd();
  else if (key.code == Code::kCtrlHome)
    ScrollBy(1 << 20);
  else
    return false;
  return true;
}

int Model::PageLines() const { return std::max(1, PanesOf(state_).past.rows - 2); }
int Model::WriteCols() const { return PanesOf(state_).write.cols - 4; }

/// To the next conversation of the list (1) or the one before (-1), around its ends.
void Model::Step(int by) {
  const std::vector<ConversationId> listed = state_.Listed();
  if (listed.empty()) return;
  const auto count = static_cast<int>(listed.size());
  const std::optional<ConversationId>& from = state_.open ? state_.open : state_.chosen;
  const auto found = from ? std::find(listed.begin(), listed.end(), *from) : listed.end();
  const int next = found == listed.end()
                       ? (by > 0 ? 0 : count - 1)
                       : (static_cast<int>(found - listed.begin()) + by + count) % count;
  const Focus focus = state_.focus;
  Open(listed[static_cast<std::size_t>(next)]);
  if (focus == Focus::kFind) state_.find.Take();
}

void Model::Choose(int by) {
  const std::vector<ConversationId> listed = state_.Listed();
  if (listed.empty()) return;
  const auto count = static_cast<int>(listed.size());
  const auto found =
      state_.chosen ? std::find(listed.begin(), listed.end(), *state_.chosen) : listed.end();
  const int next = found == listed.end()
                       ? (by > 0 ? 0 : count - 1)
                       : std::clamp(static_cast<int>(found - listed.begin()) + by, 0, count - 1);
  state_.chosen = listed[static_cast<std::size_t>(next)];
}

void Model::Send() {
  Talk& talk = *state_.opened();
  if (Blank(talk.draft.text())) return;
  StopTyping();
  OutgoingMessage message{talk.id, ClientId(Uuid::Version7(state_.now, random_)), talk.draft.Take(),
                          std::nullopt};
  talk.timeline.Add({message.client_id, message.text, state_.now});
  talk.new_after = {};
  ToTheEnd();
  Do(SendMessage{std::move(message)});
}

/// So that it may be mended and sent again.
void Model::TakeBackRefused() {
  Talk& talk = *state_.opened();
  std::optional<Outgoing> refused = talk.timeline.TakeRefused();
  if (!refused) return;
  talk.draft.Insert(refused->text);
}

void Model::ShowMembers() {
  const Talk* talk = state_.opened();
  if (talk == nullptr) return;
  const bool shown = state_.overlay == Overlay::kMembers;
  state_.overlay = shown ? Overlay::kNone : Overlay::kMembers;
  if (!shown) Do(FetchMembers{talk->id});
}

void Model::SayTypingIfNeeded(bool was_empty) {
  const Talk& talk = *state_.opened();
  if (talk.draft.empty()) {
    if (!was_empty) StopTyping();
    return;
  }
  if (typing_in_ == talk.id && typing_said_ && state_.now - *typing_said_ < kTypingRepeats) return;
  typing_in_ = talk.id;
  typing_said_ = state_.now;
  Do(SayTyping{talk.id, true});
}

void Model::StopTyping() {
  if (typing_in_) Do(SayTyping{*typing_in_, false});
  typing_in_.reset();
  typing_said_.reset();
}

void Model::TryToQuit() {
  StopTyping();
  if (std::exchange(quit_asked_, true)) {
    Do(Quit{});
    return;
  }
  const bool drafts = std::any_of(state_.talks.begin(), state_.talks.end(), [](const auto& each) {
    return !Blank(each.second->draft.text());
  });
  const std::size_t waiting = state_.Waiting();
  if (drafts) {
    state_.notice = "There is something written and not sent. Once more to quit all the same.";
  } else if (waiting > 0) {
    quit_when_sent_ = true;
    state_.notice = fmt::format("{} message{} not sent yet. Once more to quit all the same.",
                                waiting, waiting == 1 ? " is" : "s are");
  } else {
    Do(Quit{});
  }
}

}  // namespace parley::client::cli::chat
