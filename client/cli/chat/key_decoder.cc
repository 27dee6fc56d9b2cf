#include "client/cli/chat/key_decoder.h"

#include <utility>

#include "client/cli/text.h"

namespace parley::client::cli::chat {
namespace {

constexpr std::uint8_t kEsc = 0x1B;

std::size_t SizeBy(std::uint8_t first) {
  if (first >= 0xF0) return 4;
  return first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 1;
}

/// Whether it is one character in UTF-8 that does nothing to a terminal: what is written is shown.
bool IsHarmless(std::string_view text) { return ForTerminalLine(text) == text; }

Key ControlKey(std::uint8_t byte) {
  switch (byte) {
    case '\r':
      return {Key::Code::kEnter};
    case '\n':
      return {Key::Code::kNewline};
    case '\t':
      return {Key::Code::kTab};
    case 0x08:
    case 0x7F:
      return {Key::Code::kBackspace};
    default:
      return {Key::Code::kControl, std::string(1, static_cast<char>(byte | 0x60U))};
  }
}

/// Line breaks as \n; without what is no text.
std::string CleanPaste(std::string_view raw) {
  std::string text;
  for (std::size_t at = 0; at < raw.size();) {
    const auto byte = static_cast<std::uint8_t>(raw[at]);
    const std::string_view one = raw.substr(at, SizeBy(byte));
    at += one.size();
    if (byte == '\r') {
      text += '\n';
      if (at < raw.size() && raw[at] == '\n') ++at;
    } else if (byte == '\n' || byte == '\t' || IsHarmless(one)) {
      text += one;
    }
  }
  return text;
}

}  // namespace

std::optional<Key> KeyDecoder::Feed(Unit unit) {
  if (const auto* code = std::get_if<Key::Code>(&unit)) return OnFunction(*code);
  return OnByte(std::get<std::uint8_t>(unit));
}

std::optional<Key> KeyDecoder::OnFunction(Key::Code code) {
  if (code == Key::Code::kPasteEnd) return Paste();
  const bool alt = state_ == State::kEscape;
  if (state_ == State::kPaste) return std::nullopt;
  partial_.clear();
  state_ = code == Key::Code::kPasteBegin ? State::kPaste : State::kPlain;
  if (state_ == State::kPaste) return std::nullopt;
  if (alt && code == Key::Code::kUp) return Key{Key::Code::kAltUp};
  if (alt && code == Key::Code::kDown) return Key{Key::Code::kAltDown};
  if (alt && code == Key::Code::kEnter) return Key{Key::Code::kNewline};
  return Key{code};
}

std::optional<Key> KeyDecoder::OnByte(std::uint8_t byte) {
  switch (state_) {
    case State::kPaste:
      if (pasted_.size() < kMaxPaste) pasted_ += static_cast<char>(byte);
      return std::nullopt;
    case State::kSequence:
      // Parameters, then one final byte.
      if (byte >= 0x40 && byte <= 0x7E) state_ = State::kPlain;
      return std::nullopt;
    case State::kEscape:
      return AfterEscape(byte);
    case State::kPlain:
      break;
  }
  if (!partial_.empty() && (byte & 0xC0U) != 0x80U) partial_.clear();  // what was cut off
  if (partial_.empty() && byte == kEsc) {
    state_ = State::kEscape;
    return std::nullopt;
  }
  if (partial_.empty() && (byte < 0x20 || byte == 0x7F)) {
    return byte == 0 ? std::nullopt : std::optional(ControlKey(byte));
  }
  partial_ += static_cast<char>(byte);
  if (partial_.size() < SizeBy(static_cast<std::uint8_t>(partial_[0]))) return std::nullopt;
  Key key{Key::Code::kText, std::exchange(partial_, {})};
  return IsHarmless(key.text) ? std::optional(std::move(key)) : std::nullopt;
}

std::optional<Key> KeyDecoder::AfterEscape(std::uint8_t byte) {
  state_ = State::kPlain;
  switch (byte) {
    case kEsc:
      state_ = State::kEscape;
      return Key{Key::Code::kEscape};
    case '[':
    case 'O':
      state_ = State::kSequence;
      return std::nullopt;
    case '\r':
    case '\n':
      return Key{Key::Code::kNewline};
    case 0x08:
    case 0x7F:
      return Key{Key::Code::kAlt, "\b"};
    default:
      if (byte < 0x20 || byte >= 0x80) return OnByte(byte);
      return Key{Key::Code::kAlt, std::string(1, static_cast<char>(byte))};
  }
}

std::optional<Key> KeyDecoder::Idle() {
  if (state_ == State::kSequence) state_ = State::kPlain;
  if (state_ != State::kEscape) return std::nullopt;
  state_ = State::kPlain;
  return Key{Key::Code::kEscape};
}

std::optional<Key> KeyDecoder::Paste() {
  if (state_ != State::kPaste) return std::nullopt;
  state_ = State::kPlain;
  return Key{Key::Code::kPaste, CleanPaste(std::exchange(pasted_, {}))};
}

}  // namespace parley::client::cli::chat
