#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "client/cli/chat/conversation.h"
#include "client/cli/chat/screen.h"
#include "client/cli/chat/state.h"

namespace parley::client::cli::chat {

/// One row of the past.
struct PastLine {
  std::vector<Span> spans = {};
  Span right = {};        ///< at the right edge
  std::string word = {};  ///< before `right`, where there is room
  bool rule = false;      ///< a rule across, with the spans in its middle
};

/// How the timeline of a conversation is shown in so many columns and rows: which lines, and where
/// one gets to by scrolling. Lays out only what it shows. `state` and `talk` must outlive it.
class Past {
 public:
  Past(const State& state, const Talk& talk, int cols, int rows)
      : state_(state), talk_(talk), timeline_(talk.timeline), cols_(cols), rows_(rows) {}

  /// What is seen, from top to bottom: `rows` lines, or all there are.
  struct Seen {
    std::vector<PastLine> lines;
    std::size_t first = 0;  ///< the item at the top
    std::size_t last = 0;   ///< the last of which the end is seen
    bool any = false;       ///< whether there is such a one
  };
  Seen Look() const;

  /// Where one looks after going up (or, negative, down) by so many lines.
  Scroll Scrolled(int lines) const;
  /// With `item`'s first line at the top, or at the end where that shows it too.
  Scroll From(std::size_t item) const;

  /// The lines of one item.
  std::vector<PastLine> LinesOf(std::size_t item) const;

 private:
  /// An item, and how many of its lines lie below the edge.
  struct Place {
    std::size_t item = 0;
    int hidden = 0;
  };
  Place Bottom() const;
  Place Up(Place from, int lines) const;
  Place Down(Place from, int lines) const;
  Scroll ScrollOf(Place place) const;
  /// Lines above the edge, counted up to `most`.
  int LinesAbove(Place place, int most) const;
  int HeightOf(std::size_t item) const { return static_cast<int>(LinesOf(item).size()); }

  void AppendEntry(std::size_t item, std::vector<PastLine>& lines) const;
  void AppendOutgoing(std::size_t item, std::vector<PastLine>& lines) const;
  void AppendDay(std::size_t item, std::vector<PastLine>& lines) const;
  void AppendHead(UserId sender, TimePoint at, std::vector<PastLine>& lines) const;
  void AppendText(std::string_view text, Style style, std::vector<PastLine>& lines) const;
  bool Continues(std::size_t item) const;
  bool IsFirstNew(std::size_t item) const;
  void AppendMark(std::size_t item, PastLine& line) const;

  UserId SenderOf(std::size_t item) const;
  TimePoint TimeOf(std::size_t item) const;
  bool IsEntry(std::size_t item) const { return item < timeline_.entries().size(); }

  const State& state_;
  const Talk& talk_;
  const Timeline& timeline_;
  const int cols_;
  const int rows_;
};

/// The ink in which a person's name is written.
Ink InkOf(UserId user, UserId self);

}  // namespace parley::client::cli::chat
