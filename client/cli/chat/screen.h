#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parley::client::cli::chat {

/// What a colour is for; the terminal decides which one that is, and whether there are any.
enum class Ink : std::uint8_t {
  kPlain,
  kFaint,   ///< times, rules, hints
  kAccent,  ///< what is chosen, what is one's own
  kGood,    ///< online, read
  kBad,     ///< refused, not connected
  kName0,   ///< of people, who keep theirs
  kName1,
  kName2,
  kName3,
  kName4,
};
inline constexpr int kNameInks = 5;

struct Style {
  Ink ink = Ink::kPlain;
  bool bold = false;
  bool reverse = false;
  bool operator==(const Style&) const = default;
};

/// A text that looks the same all along.
struct Span {
  std::string text;
  Style style = {};
};
/// Columns of a line of them.
int WidthOf(const std::vector<Span>& spans);

struct Point {
  int row = 0;
  int col = 0;
  bool operator==(const Point&) const = default;
};

struct Size {
  int rows = 0;
  int cols = 0;
  bool operator==(const Size&) const = default;
};

/// A part of the screen.
struct Box {
  int row = 0;
  int col = 0;
  int rows = 0;
  int cols = 0;
  bool operator==(const Box&) const = default;
};

/// One column of one row. A cluster of two columns lies in the first; the second is empty.
struct Cell {
  std::string text = " ";
  bool firm = true;
  Style style = {};
  bool operator==(const Cell&) const = default;
};

/// What a terminal is to show: a grid of cells, and where the cursor is. No I/O.
class Screen {
 public:
  explicit Screen(Size size)
      : size_(size),
        cells_(static_cast<std::size_t>(size.rows) * static_cast<std::size_t>(size.cols)) {}

  Size size() const { return size_; }
  const Cell& at(int row, int col) const { return cells_[Index(row, col)]; }

  /// Writes `text` (harmless, one line) from `at` on, up to column `end` (exclusive; the screen's
  /// end without it); what does not fit is left out, by whole clusters. Returns the next column.
  int Put(Point at, std::string_view text, Style style = {}, int end = kToTheEnd);
  int Put(Point at, const std::vector<Span>& spans, int end = kToTheEnd);
  /// Writes it so that it ends before column `end`; nothing if it would begin before `begin`.
  void PutRight(int row, int begin, int end, std::string_view text, Style style = {});
  /// `text` of one column, over and over.
  void Fill(const Box& box, std::string_view text, Style style = {});

  void set_cursor(std::optional<Point> cursor) { cursor_ = cursor; }
  std::optional<Point> cursor() const { return cursor_; }

  /// A row as text, without the spaces at its end.
  std::string RowText(int row) const;
  /// All rows, each with a newline.
  std::string Text() const;

  bool operator==(const Screen&) const = default;

 private:
  static constexpr int kToTheEnd = 1 << 30;

  std::size_t Index(int row, int col) const {
    return static_cast<std::size_t>(row) * static_cast<std::size_t>(size_.cols) +
           static_cast<std::size_t>(col);
  }
  Cell& Mutable(int row, int col) { return cells_[Index(row, col)]; }
  /// Makes room: the other half of a wide cluster that is written over becomes a space.
  void Clear(int row, int col);

  Size size_;
  std::vector<Cell> cells_;
  std::optional<Point> cursor_;
};

}  // namespace parley::client::cli::chat
