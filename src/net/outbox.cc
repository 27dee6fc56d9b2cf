#include "net/outbox.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>
#include <sys/socket.h>
#include <sys/uio.h>

namespace parley::net {
namespace {

/// Pieces that an idle outbox may keep room for.
constexpr std::size_t kIdleCapacity = 4;

}  // namespace

std::string_view Outbox::View(const Piece& piece) {
  if (const auto* frame = std::get_if<wire::Frame>(&piece)) return frame->bytes();
  return *std::get<std::shared_ptr<const std::string>>(piece);
}

bool Outbox::HasRoom(std::size_t bytes) const {
  return bytes_ + bytes <= max_bytes_ && pieces() < max_pieces_;
}

bool Outbox::Push(wire::Frame frame) {
  if (!HasRoom(frame.bytes().size())) return false;
  Append(std::move(frame));
  return true;
}

bool Outbox::Push(std::string bytes) {
  if (!HasRoom(bytes.size())) return false;
  Append(std::make_shared<const std::string>(std::move(bytes)));
  return true;
}

void Outbox::PushLast(std::string bytes) {
  Append(std::make_shared<const std::string>(std::move(bytes)));
}

void Outbox::Append(Piece piece) {
  // Written pieces go once they are the greater part, so that a queue that never empties does not
  // grow.
  if (head_ > kMaxPieces && head_ > pieces_.size() / 2) {
    pieces_.erase(pieces_.begin(), pieces_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
  }
  AddBytes(static_cast<std::int64_t>(View(piece).size()));
  pieces_.push_back(std::move(piece));
}

void Outbox::AddBytes(std::int64_t change) {
  bytes_ = static_cast<std::size_t>(static_cast<std::int64_t>(bytes_) + change);
  if (total_ != nullptr) total_->fetch_add(change, std::memory_order_relaxed);
}

void Outbox::DropUnbegun() {
  const std::size_t keep = begun_ > 0 ? 1 : 0;
  pieces_.erase(pieces_.begin() + static_cast<std::ptrdiff_t>(head_ + keep), pieces_.end());
  const std::size_t kept = keep == 0 ? 0 : View(pieces_[head_]).size() - begun_;
  AddBytes(static_cast<std::int64_t>(kept) - static_cast<std::int64_t>(bytes_));
}

void Outbox::Shrink() {
  if (pieces() == 0 && pieces_.capacity() > kIdleCapacity) {
    std::vector<Piece>().swap(pieces_);
    head_ = 0;
  }
}

Outbox::Progress Outbox::WriteTo(int socket) {
  if (empty()) return Progress::kEmpty;
  std::array<iovec, kMaxPieces> parts{};
  std::size_t count = 0;
  std::size_t offered = 0;
  for (std::size_t i = head_; i < pieces_.size() && count < kMaxPieces && offered < kMaxWrite;
       ++i) {
    const std::string_view rest = View(pieces_[i]).substr(i == head_ ? begun_ : 0);
    // iovec is not const-correct; sendmsg only reads.
    parts[count++] = {const_cast<char*>(rest.data()), rest.size()};
    offered += rest.size();
  }
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = count;
  ssize_t written = -1;
  do {
    written = ::sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  } while (written < 0 && errno == EINTR);
  if (written < 0) {
    return errno == EAGAIN || errno == EWOULDBLOCK ? Progress::kBlocked : Progress::kBroken;
  }
  Consume(static_cast<std::size_t>(written));
  if (static_cast<std::size_t>(written) < offered) return Progress::kBlocked;
  return empty() ? Progress::kEmpty : Progress::kMore;
}

void Outbox::Consume(std::size_t written) {
  AddBytes(-static_cast<std::int64_t>(written));
  begun_ += written;
  while (head_ < pieces_.size() && begun_ >= View(pieces_[head_]).size()) {
    begun_ -= View(pieces_[head_]).size();
    pieces_[head_] = Piece();
    ++head_;
  }
  if (head_ == pieces_.size()) {
    pieces_.clear();
    head_ = 0;
  }
}

}  // namespace parley::net
