#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "wire/frame.h"

namespace parley::net {

/// What a WebSocket connection has yet to send: shared frames and the protocol's own bytes
/// (handshake, ping, pong, close), in the order of queueing. Written with as few system calls as
/// can be.
///
/// Bounded in bytes and pieces; never blocks. Belongs to the connection's shard.
class Outbox {
 public:
  /// `total`, if any, is kept up with what waits in all outboxes that share it; outlives this.
  Outbox(std::size_t max_bytes, std::size_t max_pieces, std::atomic<std::int64_t>* total = nullptr)
      : max_bytes_(max_bytes), max_pieces_(max_pieces), total_(total) {}
  ~Outbox() { AddBytes(-static_cast<std::int64_t>(bytes_)); }
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  /// Queues a frame; false, and nothing is queued, if that would pass the bound.
  bool Push(wire::Frame frame);
  /// The same for bytes of the protocol: whole frames, always.
  bool Push(std::string bytes);
  /// Queues the last bytes of all, whatever the bound.
  void PushLast(std::string bytes);

  /// Forgets what was not begun; a frame that is half written stays, since the stream would be
  /// broken without its rest.
  void DropUnbegun();
  /// Gives memory back that only a burst needed. For quiet moments.
  void Shrink();

  enum class Progress {
    kEmpty,    ///< the kernel has taken everything
    kMore,     ///< one call's worth was written; more waits
    kBlocked,  ///< the socket's buffer is full
    kBroken,   ///< the connection is gone
  };
  /// Writes with one sendmsg(2), without blocking, at most kMaxPieces pieces and about kMaxWrite
  /// bytes.
  Progress WriteTo(int socket);

  static constexpr std::size_t kMaxPieces = 64;
  /// Enough to make the call itself cheap beside the copying; small enough to be fair to others on
  /// the shard.
  static constexpr std::size_t kMaxWrite = std::size_t{256} * 1024;

  std::size_t bytes() const { return bytes_; }
  /// Frames that wait, the one that is half written included.
  std::size_t pieces() const { return pieces_.size() - head_; }
  bool empty() const { return bytes_ == 0; }

 private:
  using Piece = std::variant<wire::Frame, std::shared_ptr<const std::string>>;

  static std::string_view View(const Piece& piece);
  bool HasRoom(std::size_t bytes) const;
  void Append(Piece piece);
  void Consume(std::size_t written);
  void AddBytes(std::int64_t change);

  const std::size_t max_bytes_;
  const std::size_t max_pieces_;
  std::atomic<std::int64_t>* const total_;
  std::vector<Piece> pieces_;  // those before head_ are written and empty
  std::size_t head_ = 0;
  std::size_t begun_ = 0;  // bytes of the first piece that are written
  std::size_t bytes_ = 0;  // that wait
};

}  // namespace parley::net
