#pragma once

#include <optional>
#include <string>

#include "client/cli/chat/screen.h"

namespace parley::client::cli::chat {

/// What a terminal understands, as terminfo has it. Empty where it does not.
class Capabilities {
 public:
  virtual ~Capabilities() = default;
  virtual std::string MoveTo(Point to) const = 0;
  /// From any style to this one.
  virtual std::string StyleAs(Style style) const = 0;
  virtual std::string Clear() const = 0;
  virtual std::string HideCursor() const = 0;
  virtual std::string ShowCursor() const = 0;
};

/// Says what to write to a terminal so that it shows a Screen: what differs from the one before,
/// row by row. Terminals do not agree on how wide an emoji is; after one the cursor is placed anew,
/// so that whatever the terminal thinks of it, all else stands where it belongs. No I/O.
class Painter {
 public:
  /// `capabilities` must outlive it.
  explicit Painter(const Capabilities& capabilities) : capabilities_(capabilities) {}

  std::string Paint(const Screen& screen);
  /// The terminal shows something else now: the next time all is drawn.
  void Forget() { shown_.reset(); }

 private:
  void PaintRow(const Screen& screen, int row, int from, int to, std::string& out);
  void Restyle(Style style, std::string& out);

  const Capabilities& capabilities_;
  std::optional<Screen> shown_;
  std::optional<Style> style_;
};

}  // namespace parley::client::cli::chat
