#pragma once

#include <cstdint>
#include <string>

namespace parley::client::cli::chat {

/// What somebody pressed.
struct Key {
  enum class Code : std::uint8_t {
    kText,   ///< `text`: one code point
    kPaste,  ///< `text`: all of it, with \n for line breaks
    kEnter,
    kNewline,  ///< Alt-Enter or Ctrl-J
    kEscape,
    kTab,
    kBackTab,
    kBackspace,
    kDelete,
    kLeft,
    kRight,
    kUp,
    kDown,
    kHome,
    kEnd,
    kPageUp,
    kPageDown,
    kWordLeft,
    kWordRight,
    kAltUp,
    kAltDown,
    kCtrlHome,
    kCtrlEnd,
    kF1,
    kF2,
    kControl,  ///< `text`: the letter, "a" to "z"
    kAlt,      ///< `text`: the character
    // What only the decoder sees.
    kPasteBegin,
    kPasteEnd,
  };

  Code code = Code::kText;
  std::string text = {};

  bool operator==(const Key&) const = default;
  bool IsControl(char letter) const { return code == Code::kControl && text[0] == letter; }
};

}  // namespace parley::client::cli::chat
