#include "client/cli/chat/past.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "client/cli/chat/clusters.h"
#include "client/cli/chat/times.h"
#include "client/cli/chat/wrap.h"
#include "client/cli/text.h"

namespace parley::client::cli::chat {
namespace {

/// Messages of one person within that stand together.
constexpr std::chrono::minutes kTogether{5};
/// Columns at the right that are left to marks.
constexpr int kMarkCols = 4;
constexpr Style kFaint{Ink::kFaint};

}  // namespace

Ink InkOf(UserId user, UserId self) {
  if (user == self) return Ink::kAccent;
  const auto number = static_cast<int>(UuidHash()(user.uuid()) % kNameInks);
  return static_cast<Ink>(static_cast<int>(Ink::kName0) + number);
}

UserId Past::SenderOf(std::size_t item) const {
  return IsEntry(item) ? timeline_.entries()[item].sender : state_.self;
}

TimePoint Past::TimeOf(std::size_t item) const {
  if (IsEntry(item)) return timeline_.entries()[item].at;
  return timeline_.outgoing()[item - timeline_.entries().size()].at;
}

// What an item looks like.

std::vector<PastLine> Past::LinesOf(std::size_t item) const {
  std::vector<PastLine> lines;
  AppendDay(item, lines);
  if (IsEntry(item)) {
    AppendEntry(item, lines);
  } else {
    AppendOutgoing(item, lines);
  }
  return lines;
}

void Past::AppendDay(std::size_t item, std::vector<PastLine>& lines) const {
  const bool first = item == 0;
  if (first || !SameDay(TimeOf(item - 1), TimeOf(item))) {
    if (!first) lines.emplace_back();
    lines.push_back({.spans = {{DayOf(TimeOf(item), state_.now), kFaint}}, .rule = true});
  }
  if (!IsFirstNew(item)) return;
  if (!first) lines.emplace_back();
  lines.push_back({.spans = {{"New", {Ink::kAccent, true}}}, .rule = true});
}

bool Past::IsFirstNew(std::size_t item) const {
  if (talk_.new_after == Seq() || !IsEntry(item)) return false;
  const auto& entries = timeline_.entries();
  std::size_t found = timeline_.IndexOf(talk_.new_after.Next());
  // More of them may lie before what is held.
  if (found == 0 && timeline_.has_before()) return false;
  const auto passed_over = [this](const Entry& entry) {
    return entry.system() || entry.sender == state_.self;
  };
  while (found < entries.size() && passed_over(entries[found])) ++found;
  return found == item;
}

bool Past::Continues(std::size_t item) const {
  if (item == 0 || SenderOf(item - 1) != SenderOf(item)) return false;
  return TimeOf(item) - TimeOf(item - 1) < kTogether;
}

void Past::AppendHead(UserId sender, TimePoint at, std::vector<PastLine>& lines) const {
  const std::string hour = HourOf(at);
  const int room = cols_ - WidthOf(hour) - 2;
  const std::string name = sender == state_.self ? "you" : state_.names.Of(sender);
  lines.push_back(
      {.spans = {{Fit(name, room), {InkOf(sender, state_.self), true}}, {"  " + hour, kFaint}}});
}

void Past::AppendText(std::string_view text, Style style, std::vector<PastLine>& lines) const {
  for (const std::string_view line : Wrap(text, std::max(2, cols_ - kMarkCols))) {
    lines.push_back({.spans = {{std::string(line), style}}});
  }
}

void Past::AppendEntry(std::size_t item, std::vector<PastLine>& lines) const {
  const Entry& entry = timeline_.entries()[item];
  const bool apart = !lines.empty();
  if (entry.system()) {
    const bool beside_system = item > 0 && timeline_.entries()[item - 1].system();
    if (item > 0 && (apart || !beside_system)) lines.emplace_back();
    AppendText(entry.text + "  " + HourOf(entry.at), kFaint, lines);
    return;
  }
  if (apart || !Continues(item)) {
    if (item > 0 || apart) lines.emplace_back();
    AppendHead(entry.sender, entry.at, lines);
  }
  if (entry.reply_to) {
    const std::string quote =
        fmt::format("▏{}: {}", state_.names.Of(entry.reply_to->sender_id), entry.reply_to->excerpt);
    lines.push_back({.spans = {{Fit(quote, std::max(2, cols_ - kMarkCols)), kFaint}}});
  }
  AppendText(entry.edited ? entry.text + " (edited)" : entry.text, entry.deleted ? kFaint : Style{},
             lines);
  if (entry.sender == state_.self && !entry.deleted) AppendMark(item, lines.back());
}

void Past::AppendOutgoing(std::size_t item, std::vector<PastLine>& lines) const {
  const Outgoing& outgoing = timeline_.outgoing()[item - timeline_.entries().size()];
  const bool apart = !lines.empty();
  if (apart || !Continues(item)) {
    if (item > 0 || apart) lines.emplace_back();
    AppendHead(state_.self, outgoing.at, lines);
  }
  const bool refused = outgoing.state == Outgoing::State::kRefused;
  AppendText(ForTerminal(outgoing.text), refused ? Style{Ink::kBad} : Style{}, lines);
  if (refused) {
    lines.back().right = {"✗", {Ink::kBad, true}};
    AppendText("not sent: " + outgoing.reason + "  (Ctrl-R takes it back)", {Ink::kBad}, lines);
  } else {
    const bool stored = outgoing.state == Outgoing::State::kStored;
    lines.back().right = {stored ? "✓" : "…", kFaint};
  }
}

/// One tick: stored; two: on the devices of the others; in colour: read. In words where it changes,
/// for those who see no colours.
void Past::AppendMark(std::size_t item, PastLine& line) const {
  const auto& entries = timeline_.entries();
  const Reach reach = talk_.ReachOf(entries[item].seq);
  std::size_t next = item + 1;
  while (next < entries.size() && entries[next].sender != state_.self) ++next;
  const bool last_of_its_kind = next == entries.size() || talk_.ReachOf(entries[next].seq) != reach;
  if (last_of_its_kind && reach.state == Reach::State::kRead) {
    line.word = "read ";
  } else if (last_of_its_kind && reach.readers > 0) {
    line.word = fmt::format("read by {} ", reach.readers);
  }
  const bool read = reach.state == Reach::State::kRead;
  line.right = {reach.state == Reach::State::kSent ? "✓" : "✓✓", {read ? Ink::kGood : Ink::kFaint}};
}

// Where things are.

Past::Place Past::Bottom() const {
  const std::size_t size = timeline_.size();
  if (talk_.scroll.at_end || size == 0) return {size == 0 ? 0 : size - 1, 0};
  const std::size_t item = std::min(timeline_.IndexOf(talk_.scroll.bottom), size - 1);
  return {item, std::min(talk_.scroll.hidden, HeightOf(item) - 1)};
}

Past::Place Past::Up(Place from, int lines) const {
  from.hidden += lines;
  for (int height = HeightOf(from.item); from.hidden >= height; height = HeightOf(from.item)) {
    if (from.item == 0) return {0, height - 1};
    from.hidden -= height;
    --from.item;
  }
  return from;
}

Past::Place Past::Down(Place from, int lines) const {
  from.hidden -= lines;
  while (from.hidden < 0) {
    if (from.item + 1 >= timeline_.size()) return {from.item, 0};
    ++from.item;
    from.hidden += HeightOf(from.item);
  }
  return from;
}

int Past::LinesAbove(Place place, int most) const {
  int lines = HeightOf(place.item) - place.hidden;
  for (std::size_t item = place.item; item > 0 && lines < most; --item) lines += HeightOf(item - 1);
  return std::min(lines, most);
}

Scroll Past::ScrollOf(Place place) const {
  const bool last = place.item + 1 >= timeline_.size() && place.hidden == 0;
  if ((last && timeline_.at_end()) || timeline_.entries().empty()) return {};
  // What is on its way has no seq yet; it stands at the end.
  if (!IsEntry(place.item)) return {};
  return {false, timeline_.entries()[place.item].seq, place.hidden};
}

Scroll Past::Scrolled(int lines) const {
  if (timeline_.size() == 0) return {};
  const Place bottom = Bottom();
  if (lines < 0) return ScrollOf(Down(bottom, -lines));
  // Not further than to the first line at the top.
  const int above = LinesAbove(bottom, rows_ + lines);
  const int possible = std::clamp(above - rows_, 0, lines);
  if (possible == 0) return talk_.scroll;
  const Place place = Up(bottom, possible);
  if (IsEntry(place.item) || timeline_.entries().empty()) return ScrollOf(place);
  return {false, timeline_.entries().back().seq, 0};  // above all that is on its way
}

Scroll Past::From(std::size_t item) const {
  if (item >= timeline_.size()) return {};
  return ScrollOf(Down({item, HeightOf(item)}, std::max(1, rows_)));
}

Past::Seen Past::Look() const {
  Seen seen;
  if (timeline_.size() == 0 || rows_ <= 0) return seen;
  const Place bottom = Bottom();
  std::vector<PastLine> upwards;
  std::size_t item = bottom.item;
  int hidden = bottom.hidden;
  while (true) {
    std::vector<PastLine> lines = LinesOf(item);
    lines.resize(lines.size() - static_cast<std::size_t>(std::exchange(hidden, 0)));
    std::move(lines.rbegin(), lines.rend(), std::back_inserter(upwards));
    seen.first = item;
    if (item == 0 || static_cast<int>(upwards.size()) >= rows_) break;
    --item;
  }
  if (static_cast<int>(upwards.size()) > rows_) upwards.resize(static_cast<std::size_t>(rows_));
  seen.lines.assign(std::make_move_iterator(upwards.rbegin()),
                    std::make_move_iterator(upwards.rend()));
  // Of the one at the edge the last line may be hidden.
  seen.any = bottom.hidden == 0 || bottom.item > seen.first;
  seen.last = bottom.hidden == 0 ? bottom.item : bottom.item - (bottom.item > 0 ? 1 : 0);
  return seen;
}

}  // namespace parley::client::cli::chat
