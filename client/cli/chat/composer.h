#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace parley::client::cli::chat {

/// A text that is being written, and where the cursor stands in it: never within a cluster.
class Composer {
 public:
  const std::string& text() const { return text_; }
  bool empty() const { return text_.empty(); }
  /// Byte offset of the cursor.
  std::size_t cursor() const { return cursor_; }

  void Insert(std::string_view text);
  void Set(std::string text);
  /// Empties it and answers what it was.
  std::string Take();

  enum class Unit : std::uint8_t { kCluster, kWord, kLine, kAll };
  void MoveBack(Unit by) { cursor_ = Before(by); }
  void MoveForward(Unit by) { cursor_ = After(by); }
  void DeleteBack(Unit by);
  void DeleteForward(Unit by);

  /// The text as it is shown in `width` columns, and the cursor in it.
  struct Layout {
    std::vector<std::string_view> lines;  ///< of the composer's text
    int row = 0;
    int col = 0;
  };
  Layout Lay(int width) const;
  /// To the line above (-1) or below (1) as shown in `width` columns; false if there is none.
  bool MoveLine(int by, int width);

 private:
  std::size_t Before(Unit by) const;
  std::size_t After(Unit by) const;

  std::string text_;
  std::size_t cursor_ = 0;
};

}  // namespace parley::client::cli::chat
