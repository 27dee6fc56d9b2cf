#include "client/cli/chat/wrap.h"

#include <cstddef>
#include <utf8proc.h>

#include "client/cli/chat/clusters.h"

namespace parley::client::cli::chat {
namespace {

/// Closing punctuation of wide scripts, which does not begin a line.
bool Closes(std::string_view cluster) {
  utf8proc_int32_t c = 0;
  utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(cluster.data()),
                   static_cast<utf8proc_ssize_t>(cluster.size()), &c);
  const utf8proc_category_t category = utf8proc_category(c);
  return category == UTF8PROC_CATEGORY_PE || category == UTF8PROC_CATEGORY_PF ||
         category == UTF8PROC_CATEGORY_PO;
}

/// Breaks one paragraph.
class Paragraph {
 public:
  Paragraph(std::string_view text, int width, std::vector<std::string_view>& lines)
      : text_(text), width_(width), lines_(lines) {}

  void Run() {
    while (at_ < text_.size()) Take(FirstCluster(text_.substr(at_)));
    lines_.push_back(text_.substr(line_));
  }

 private:
  void Take(const Cluster& cluster) {
    const bool space = cluster.text == " ";
    const bool wide = cluster.width == 2;
    // A line may end before a wide character or after one, but not before what closes.
    if (at_ > line_ && !space && (wide || after_wide_) && !Closes(cluster.text)) MayBreak(at_, at_);
    // Spaces may hang over the end: they are not seen.
    if (!space && used_ + cluster.width > width_ && at_ > line_) Break();
    used_ += cluster.width;
    at_ += cluster.text.size();
    after_wide_ = wide;
    if (space) {
      if (!in_space_) space_begin_ = at_ - 1;
      // Spaces at the beginning are what somebody indented with.
      if (space_begin_ > line_) MayBreak(space_begin_, at_);
    }
    in_space_ = space;
  }

  void MayBreak(std::size_t end, std::size_t next) {
    break_end_ = end;
    break_next_ = next;
  }

  void Break() {
    if (break_next_ <= line_) MayBreak(at_, at_);  // one word longer than the line
    lines_.push_back(text_.substr(line_, break_end_ - line_));
    line_ = break_next_;
    used_ = WidthOf(text_.substr(line_, at_ - line_));
  }

  const std::string_view text_;
  const int width_;
  std::vector<std::string_view>& lines_;
  std::size_t at_ = 0;
  std::size_t line_ = 0;  // where the present line begins
  int used_ = 0;
  std::size_t break_end_ = 0;   // where the line would end
  std::size_t break_next_ = 0;  // where the next one would begin
  std::size_t space_begin_ = 0;
  bool in_space_ = false;
  bool after_wide_ = false;
};

}  // namespace

std::vector<std::string_view> Wrap(std::string_view text, int width) {
  std::vector<std::string_view> lines;
  while (true) {
    const std::size_t newline = text.find('\n');
    Paragraph(text.substr(0, newline), width, lines).Run();
    if (newline == std::string_view::npos) return lines;
    text.remove_prefix(newline + 1);
  }
}

}  // namespace parley::client::cli::chat
