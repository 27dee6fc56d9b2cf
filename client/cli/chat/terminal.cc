#include "client/cli/chat/terminal.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <utility>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

// Its macros have the names of half the world.
#define NCURSES_NOMACROS
#include <curses.h>
#include <term.h>

#include "client/cli/chat/crash_guard.h"
#include "client/cli/chat/inks.h"

namespace parley::client::cli::chat {
namespace {

/// How long to wait whether an ESC begins a sequence; a slow line takes its time between the bytes.
constexpr int kEscapeDelayMs = 50;

// Codes for what curses has none for, beyond all of its own.
constexpr int kOwnKeys = 0x2000;

struct NamedKey {
  int curses;
  Key::Code code;
};
constexpr std::array kKeys = {
    NamedKey{KEY_UP, Key::Code::kUp},        NamedKey{KEY_DOWN, Key::Code::kDown},
    NamedKey{KEY_LEFT, Key::Code::kLeft},    NamedKey{KEY_RIGHT, Key::Code::kRight},
    NamedKey{KEY_HOME, Key::Code::kHome},    NamedKey{KEY_END, Key::Code::kEnd},
    NamedKey{KEY_PPAGE, Key::Code::kPageUp}, NamedKey{KEY_NPAGE, Key::Code::kPageDown},
    NamedKey{KEY_DC, Key::Code::kDelete},    NamedKey{KEY_BACKSPACE, Key::Code::kBackspace},
    NamedKey{KEY_BTAB, Key::Code::kBackTab}, NamedKey{KEY_ENTER, Key::Code::kEnter},
    NamedKey{KEY_F0 + 1, Key::Code::kF1},    NamedKey{KEY_F0 + 2, Key::Code::kF2},
};

/// Keys that only the extended part of terminfo names, and what they send where it does not know.
struct ExtendedKey {
  const char* name;
  const char* usual;
  Key::Code code;
};
constexpr std::array kExtendedKeys = {
    ExtendedKey{"kUP3", "\x1b[1;3A", Key::Code::kAltUp},
    ExtendedKey{"kDN3", "\x1b[1;3B", Key::Code::kAltDown},
    ExtendedKey{"kLFT5", "\x1b[1;5D", Key::Code::kWordLeft},
    ExtendedKey{"kRIT5", "\x1b[1;5C", Key::Code::kWordRight},
    ExtendedKey{"kLFT3", "\x1b[1;3D", Key::Code::kWordLeft},
    ExtendedKey{"kRIT3", "\x1b[1;3C", Key::Code::kWordRight},
    ExtendedKey{"kHOM5", "\x1b[1;5H", Key::Code::kCtrlHome},
    ExtendedKey{"kEND5", "\x1b[1;5F", Key::Code::kCtrlEnd},
    ExtendedKey{"PS", "\x1b[200~", Key::Code::kPasteBegin},
    ExtendedKey{"PE", "\x1b[201~", Key::Code::kPasteEnd},
};

/// A string capability; none where the terminal has it not.
std::optional<std::string> Capability(const char* name) {
  const char* value = tigetstr(name);
  if (value == nullptr || value == reinterpret_cast<const char*>(-1)) return std::nullopt;
  return std::string(value);
}

std::string sink;  // tputs hands on one character at a time, and nothing else

/// What is to be written for a capability: with its padding worked out.
std::string Written(const char* capability) {
  sink.clear();
  tputs(capability, 1, [](int c) {
    sink += static_cast<char>(c);
    return c;
  });
  return std::exchange(sink, {});
}

/// Empty where the terminal has it not.
std::string Text(const char* name) {
  const std::optional<std::string> raw = Capability(name);
  return raw ? Written(raw->c_str()) : std::string();
}

bool ColorsWanted() {
  const char* no = std::getenv("NO_COLOR");  // https://no-color.org
  return no == nullptr || *no == '\0';
}

}  // namespace

/// What curses holds, and what was asked of terminfo once.
struct Terminal::Curses {
  SCREEN* screen = nullptr;
  WINDOW* keys = nullptr;  // a pad: reading from a window would draw it
  termios before{};
  int colors = 0;
  std::string move, color;
  std::string plain, bold, dim, reverse;
  std::string clear, hide, show;
  std::string begin, end;  // besides what curses does

  void Ask();
  void DefineKeys() const;
};

void Terminal::Curses::Ask() {
  colors = ColorsWanted() ? tigetnum("colors") : 0;
  move = Capability("cup").value_or("");
  color = Capability("setaf").value_or("");
  plain = Text("sgr0");
  bold = Text("bold");
  dim = Text("dim");
  reverse = Text("rev");
  clear = Text("clear");
  hide = Text("civis");
  show = Text("cnorm");
  begin = Text("rmam");
  end = plain + show + Text("smam");
  // There is no other screen to go back to.
  if (!Capability("rmcup")) end += clear;
  // What everyone that speaks so understands or ignores, where terminfo is older than it.
  const bool ansi = move.starts_with("\x1b[");
  begin += Capability("BE").value_or(ansi ? "\x1b[?2004h" : "");
  end += Capability("BD").value_or(ansi ? "\x1b[?2004l" : "");
}

void Terminal::Curses::DefineKeys() const {
  for (std::size_t i = 0; i < kExtendedKeys.size(); ++i) {
    const ExtendedKey& key = kExtendedKeys[i];
    const std::string sequence = Capability(key.name).value_or(key.usual);
    define_key(sequence.c_str(), kOwnKeys + static_cast<int>(i));
  }
}

Result<std::unique_ptr<Terminal>> Terminal::Open() {
  if (isatty(STDIN_FILENO) == 0 || isatty(STDOUT_FILENO) == 0) {
    return InvalidArgument("chat needs a terminal; parley tail shows messages without one");
  }
  auto curses = std::make_unique<Curses>();
  tcgetattr(STDIN_FILENO, &curses->before);
  const char* term = std::getenv("TERM");
  int found = 0;
  if (term == nullptr || setupterm(term, STDOUT_FILENO, &found) != 0 /* OK */) {
    return InvalidArgument("the terminal is not known: TERM is " +
                           std::string(term == nullptr ? "not set" : term));
  }
  curses->Ask();
  del_curterm(cur_term);  // curses makes one of its own
  if (curses->move.empty() || curses->clear.empty()) {
    return InvalidArgument("the terminal cannot place its cursor: TERM is " + std::string(term));
  }
  return std::unique_ptr<Terminal>(new Terminal(std::move(curses)));
}

Terminal::Terminal(std::unique_ptr<Curses> curses) : curses_(std::move(curses)) {}

Terminal::~Terminal() {
  Leave();
  if (curses_->keys != nullptr) delwin(curses_->keys);
  if (curses_->screen != nullptr) delscreen(curses_->screen);
}

void Terminal::Enter() {
  if (std::exchange(entered_, true)) return;
  if (curses_->screen == nullptr) {
    curses_->screen = newterm(nullptr, stdout, stdin);
    set_escdelay(kEscapeDelayMs);
    raw();  // Ctrl-C and Ctrl-Z are keys here, and Ctrl-S and Ctrl-Q do not hold the output
    noecho();
    nonl();  // Enter and Ctrl-J are two keys
    curses_->keys = newpad(1, 1);
    keypad(curses_->keys, true);
    nodelay(curses_->keys, true);
    curses_->DefineKeys();
  }
  refresh();
  ArmCrashGuard(curses_->end + Text("rmkx") + Text("rmcup"), curses_->before);
  Write(curses_->begin);
}

void Terminal::Leave() {
  if (!std::exchange(entered_, false)) return;
  Write(curses_->end);
  endwin();
  tcsetattr(STDIN_FILENO, TCSADRAIN, &curses_->before);
  DisarmCrashGuard();
}

Size Terminal::size() const {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0) {
    return {24, 80};
  }
  return {size.ws_row, size.ws_col};
}

void Terminal::Write(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(STDOUT_FILENO, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EAGAIN) {
      // Somebody else made it so: they share it with us.
      pollfd room{STDOUT_FILENO, POLLOUT, 0};
      poll(&room, 1, -1);
      continue;
    }
    if (written <= 0) {
      gone_ = true;
      return;
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

int Terminal::fd() const { return STDIN_FILENO; }

std::vector<Key> Terminal::ReadKeys() {
  std::vector<Key> keys;
  const auto keep = [&keys](std::optional<Key> key) {
    if (key) keys.push_back(*std::move(key));
  };
  bool any = false;
  for (int c = wgetch(curses_->keys); c != ERR; c = wgetch(curses_->keys)) {
    any = true;
    if (c < 0x100) {
      keep(decoder_.Feed(static_cast<std::uint8_t>(c)));
    } else if (c >= kOwnKeys && c < kOwnKeys + static_cast<int>(kExtendedKeys.size())) {
      keep(decoder_.Feed(kExtendedKeys[static_cast<std::size_t>(c - kOwnKeys)].code));
    } else {
      for (const NamedKey& named : kKeys) {
        if (named.curses == c) keep(decoder_.Feed(named.code));
      }
    }
  }
  keep(decoder_.Idle());
  int left = 0;
  pollfd input{STDIN_FILENO, POLLIN, 0};
  // Readable and nothing there: its end.
  if (!any && poll(&input, 1, 0) > 0 && (ioctl(STDIN_FILENO, FIONREAD, &left) != 0 || left == 0)) {
    gone_ = true;
  }
  return keys;
}

std::string Terminal::MoveTo(Point to) const {
  return Written(tparm(curses_->move.c_str(), to.row, to.col, 0, 0, 0, 0, 0, 0, 0));
}

std::string Terminal::StyleAs(Style style) const {
  std::string text = curses_->plain;
  if (style.bold) text += curses_->bold;
  if (style.reverse) text += curses_->reverse;
  const std::optional<int> number = ColorOf(style.ink, curses_->colors);
  if (number && !curses_->color.empty()) {
    text += Written(tparm(curses_->color.c_str(), *number, 0, 0, 0, 0, 0, 0, 0, 0));
  } else if (style.ink == Ink::kFaint) {
    text += curses_->dim;
  }
  return text;
}

std::string Terminal::Clear() const { return curses_->clear; }
std::string Terminal::HideCursor() const { return curses_->hide; }
std::string Terminal::ShowCursor() const { return curses_->show; }

}  // namespace parley::client::cli::chat
