#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace parley::net {

/// A TCP client that sends exactly the bytes it is told, for tests of the server's edges. Blocks;
/// gives up after some seconds, which shows as an end of the stream.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port);
  /// With a socket of `MakeSocket()`, which it owns from here on.
  RawClient(std::uint16_t port, int socket);
  static int MakeSocket();
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  void Send(std::string_view bytes) const;
  /// Says that nothing more will be sent.
  void EndSending() const;
  /// Breaks the connection with a reset.
  void Reset();

  struct Response {
    int status = 0;                              ///< 0: the connection ended
    std::map<std::string, std::string> headers;  ///< names in lower case
    std::string body;
  };
  /// Reads one answer; its body only if there is one (not after HEAD).
  Response ReadResponse(bool head = false);
  /// Sends a request and reads its answer.
  Response Get(std::string_view target);

  /// Makes the connection a WebSocket.
  Response Upgrade(std::string_view extra_headers = {});

  struct Frame {
    int opcode = -1;  ///< -1: the connection ended
    std::string payload;
    /// Of a close frame; 0 if it has none.
    int close_code() const;
  };
  /// Sends a masked frame.
  void SendFrame(int opcode, std::string_view payload, bool final = true) const;
  void SendText(std::string_view text) const { SendFrame(1, text); }
  void SendClose(std::uint16_t code) const;
  Frame ReadFrame();
  /// Whether the server ends the connection; bytes before that are dropped.
  bool ReadToEnd();

  static std::string MaskedFrame(int opcode, std::string_view payload, bool final = true);

 private:
  /// Reads until `count` bytes are buffered; false at the end.
  bool Await(std::size_t count);
  bool Fill();
  std::string Take(std::size_t count);

  int socket_ = -1;
  std::string buffer_;
};

}  // namespace parley::net
