#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "bench/frame_codec.h"
#include "bench/socket.h"

namespace parley::bench {

/// The client's end of a WebSocket (RFC 6455) on a Socket, with the same rules.
class WebSocket : private Socket::Listener {
 public:
  class Listener {
   public:
    virtual ~Listener() = default;
    /// The upgrade is done.
    virtual void OnOpen() = 0;
    /// One text frame; the view is valid during the call.
    virtual void OnText(std::string_view text) = 0;
    /// The connection could not be made or has ended, and not by Close() or Abort().
    virtual void OnEnd(const std::string& why) = 0;
  };

  WebSocket(Loop& loop, Listener& listener) : socket_(loop, *this), listener_(listener) {}

  /// Only while it is not connected. `path` with query; `headers`: lines that end with CR LF.
  void Connect(const Target& target, std::string_view path, std::string_view headers);
  /// Queues a text frame. Only while open().
  void Send(std::string_view text);
  /// Ends the connection properly: a close frame, then the end of the stream.
  void Close();
  void Abort();

  bool open() const { return open_; }
  bool connected() const { return socket_.connected(); }

 private:
  void OnConnected() override;
  std::size_t OnBytes(std::string_view bytes) override;
  void OnEnd(const std::string& why) override;

  std::size_t TakeUpgrade(std::string_view bytes);
  void TakeFrame(Opcode opcode, std::string_view payload);
  void Queue(Opcode opcode, std::string_view payload);

  Socket socket_;
  Listener& listener_;
  std::string request_;  // until it is sent
  std::uint32_t mask_ = 0x9E3779B9;
  bool open_ = false;
};

}  // namespace parley::bench
