#include "gateway/feed.h"

#include <algorithm>

namespace parley::gateway {

void Feed::SentUpTo(Seq seq) {
  sent_ = seq;
  known_ = std::max(known_, seq);
  if (!left_at_ || seq <= *left_at_) return;
  // The client holds a later stay already: of the leaving before it nothing is to be said any more.
  back_from_.reset();
  left_at_ = last_left_at_ > seq ? std::optional(last_left_at_) : std::nullopt;
}

void Feed::LevelAt(Seq seq) {
  SentUpTo(seq);
  if (doubtful_) inbox_due_ = false;
  doubtful_ = false;
}

Feed::Arrival Feed::OnChange(Seq seq) {
  if (!sent_) sent_ = seq.Previous();
  known_ = std::max(known_, seq);
  if (seq <= *sent_) return Arrival::kOld;
  if (busy || seq != sent_->Next() || NextStep() != Step::kChanges) return Arrival::kLater;
  sent_ = seq;
  return Arrival::kSendNow;
}

void Feed::OnHead(Seq seq) {
  if (!sent_) {
    // Of this conversation nothing was ever heard: whether the person is in it is read with it.
    sent_ = seq;
    inbox_due_ = true;
    doubtful_ = true;
  }
  known_ = std::max(known_, seq);
}

void Feed::OnConversation(Seq seq) {
  inbox_due_ = true;
  doubtful_ = false;
  if (seq == Seq()) return;
  if (left_at_) {
    back_from_ = seq.Previous();
  } else {
    SentUpTo(std::max(sent(), seq.Previous()));
  }
}

void Feed::OnLeft(Seq seq) {
  if (!sent_) sent_ = seq;
  // Where an earlier leaving was not told yet, the stay that ends here never is: what was said
  // between the two is not theirs to see. The earlier one may be heard of later, in the log.
  left_at_ = left_at_ ? std::min(*left_at_, seq) : seq;
  last_left_at_ = std::max(last_left_at_, seq);
  // The change itself may have been lost.
  known_ = std::max(known_, seq);
  back_from_.reset();
  inbox_due_ = false;
}

void Feed::OnGone() {
  if (!sent_) sent_ = Seq();
  left_at_ = sent_;
  last_left_at_ = *sent_;
  back_from_.reset();
  inbox_due_ = false;
}

Feed::Step Feed::NextStep() const {
  if (left_at_) return sent() < last_wanted() ? Step::kChanges : Step::kLeft;
  if (inbox_due_) return Step::kInbox;
  return sent() < known_ ? Step::kChanges : Step::kNothing;
}

Seq Feed::last_wanted() const { return left_at_ ? std::min(known_, *left_at_) : known_; }

bool Feed::Left() {
  left_at_.reset();
  if (!back_from_) return true;
  SentUpTo(*back_from_);
  back_from_.reset();
  inbox_due_ = true;
  return false;
}

}  // namespace parley::gateway
