#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/beast/http/basic_parser.hpp>

#include "net/http.h"

namespace parley::net {

/// Why a request is not served: for HttpService::Refuse.
struct Refusal {
  int status = 400;
  std::string_view detail;  ///< a literal
};

/// Makes one HTTP/1.x request of bytes as they come. Beast's parser knows the syntax; the limits
/// and the refusal of everything by which two servers could disagree where a request ends (RFC
/// 9112, 6.3 and 11.2) are here. No I/O.
class RequestParser : private boost::beast::http::basic_parser<true> {
 public:
  RequestParser(std::size_t header_bytes, std::size_t body_bytes);

  /// Takes what it can of `bytes` and answers how much that was; the rest must come again, with
  /// more behind it. Stops behind the headers once. Only while neither done nor refused.
  std::size_t Put(std::string_view bytes);

  /// Whether anything came at all.
  bool begun() const { return header_size_ > 0 || pending_; }
  bool header_done() const { return header_done_; }
  bool done() const { return is_done(); }
  /// Set when the request cannot be served; nothing behind it can be read then.
  const std::optional<Refusal>& refusal() const { return refusal_; }
  void Refuse(int status, std::string_view detail);

  /// Behind the headers: whether the client waits for "100 Continue" before it sends the body.
  bool expects_continue() const { return expects_continue_ && !is_done(); }
  bool http11() const { return version_ == 11; }
  using basic_parser::keep_alive;
  bool head() const { return request_.method == "HEAD"; }

  /// What was taken of the request so far, in bytes.
  std::size_t bytes() const { return header_size_ + request_.body.size(); }
  /// How long the body will be at least, as far as is known.
  std::uint64_t body_bytes() const;
  /// Behind the headers: the request without its body and the connection's part.
  HttpRequest Head() const;
  /// The request without the connection's part (peer_address); once done.
  HttpRequest Take() { return std::move(request_); }

 private:
  using ErrorCode = boost::beast::error_code;
  using StringView = boost::beast::string_view;
  using Field = boost::beast::http::field;

  void RefuseFor(const ErrorCode& error, std::string_view rest);
  void CheckHeaders();

  void on_request_impl(boost::beast::http::verb method, StringView method_string, StringView target,
                       int version, ErrorCode& error) override;
  void on_response_impl(int code, StringView reason, int version, ErrorCode& error) override;
  void on_field_impl(Field field, StringView name, StringView value, ErrorCode& error) override;
  void on_header_impl(ErrorCode& error) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, ErrorCode& error) override;
  std::size_t on_body_impl(StringView body, ErrorCode& error) override;
  void on_chunk_header_impl(std::uint64_t size, StringView extensions, ErrorCode& error) override;
  std::size_t on_chunk_body_impl(std::uint64_t remain, StringView body, ErrorCode& error) override;
  void on_finish_impl(ErrorCode& error) override;

  const std::size_t header_bytes_;
  std::size_t header_size_ = 0;  // taken of the request line and headers
  bool pending_ = false;         // bytes were seen and not taken
  bool header_done_ = false;
  bool expects_continue_ = false;
  int version_ = 0;
  std::optional<Refusal> refusal_;
  HttpRequest request_;
};

}  // namespace parley::net
