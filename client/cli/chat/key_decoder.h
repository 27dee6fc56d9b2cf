#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "client/cli/chat/key.h"

namespace parley::client::cli::chat {

/// Makes keys of what a terminal sends: bytes, and the function keys that terminfo knows. Puts
/// UTF-8 together however it comes, takes ESC before a key for Alt, swallows sequences that nobody
/// knows, and keeps pasted text apart from typed keys. No I/O.
class KeyDecoder {
 public:
  using Unit = std::variant<std::uint8_t, Key::Code>;

  /// Beyond that pasted text is cut: no server takes so much in one message.
  static constexpr std::size_t kMaxPaste = std::size_t{256} * 1024;

  std::optional<Key> Feed(Unit unit);
  /// Nothing more has come: an ESC before was the key itself.
  std::optional<Key> Idle();

 private:
  enum class State : std::uint8_t { kPlain, kEscape, kSequence, kPaste };

  std::optional<Key> OnByte(std::uint8_t byte);
  std::optional<Key> OnFunction(Key::Code code);
  std::optional<Key> AfterEscape(std::uint8_t byte);
  std::optional<Key> Paste();

  State state_ = State::kPlain;
  std::string partial_;  // of a character in UTF-8
  std::string pasted_;
};

}  // namespace parley::client::cli::chat
