#pragma once

#include "client/cli/chat/panes.h"
#include "client/cli/chat/screen.h"
#include "client/cli/chat/state.h"

namespace parley::client::cli::chat {

// The parts of the screen. Each draws within its box, which may have no rows.

void DrawList(const State& state, const Panes& panes, Screen& screen);
/// The open conversation: title, past, edge and what is being written.
void DrawConversation(const State& state, const Panes& panes, Screen& screen);
/// What is there where none is open.
void DrawWelcome(const State& state, const Box& box, Screen& screen);
void DrawHelp(const Box& box, Screen& screen);
void DrawMembers(const State& state, const Box& box, Screen& screen);
void DrawStatus(const State& state, const Box& box, Screen& screen);

/// "bo is typing…"; empty where nobody is.
std::string TypingLine(const State& state, const Talk& talk);

}  // namespace parley::client::cli::chat
