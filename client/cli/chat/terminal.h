#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "client/cli/chat/key.h"
#include "client/cli/chat/key_decoder.h"
#include "client/cli/chat/painter.h"
#include "client/cli/chat/screen.h"

namespace parley::client::cli::chat {

/// The terminal that the program runs in, by ncurses: its modes, its keys, and what terminfo says
/// it understands. The picture is not left to ncurses, whose cells cannot hold a family of emoji:
/// that is the Painter's. While it is entered the whole screen is the program's; however the
/// program ends, even by a crash, the terminal is as it was. One at a time, one thread.
class Terminal : public Capabilities {
 public:
  /// kInvalidArgument where standard input and output are no terminal, or one that terminfo does
  /// not know or that cannot place its cursor.
  static Result<std::unique_ptr<Terminal>> Open();
  /// Leaves.
  ~Terminal() override;
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  void Enter();
  void Leave();

  Size size() const;
  /// All of it; waits while the terminal is held.
  void Write(std::string_view text);
  /// To be polled for what is typed.
  int fd() const;
  /// All keys that have come; does not wait.
  std::vector<Key> ReadKeys();
  /// Nobody is at the other end any more.
  bool gone() const { return gone_; }

  std::string MoveTo(Point to) const override;
  std::string StyleAs(Style style) const override;
  std::string Clear() const override;
  std::string HideCursor() const override;
  std::string ShowCursor() const override;

 private:
  struct Curses;
  explicit Terminal(std::unique_ptr<Curses> curses);

  std::unique_ptr<Curses> curses_;
  KeyDecoder decoder_;
  bool entered_ = false;
  bool gone_ = false;
};

}  // namespace parley::client::cli::chat
