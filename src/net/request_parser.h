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

  /// The request without the connection's part (peer_address); once done.
  HttpRequest Take() { return std::move(request_); }

 private:
  using error_code = boost::beast::error_code;
  using string_view = boost::beast::string_view;
  using Field = boost::beast::http::field;

  void RefuseFor(const error_code& error, std::string_view rest);
  void CheckHeaders();

  void on_request_impl(boost::beast::http::verb method, string_view method_string,
                       string_view target, int version, error_code& error) override;
  void on_response_impl(int code, string_view reason, int version, error_code& error) override;
  void on_field_impl(Field field, string_view name, string_view value, error_code& error) override;
  void on_header_impl(error_code& error) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code& error) override;
  std::size_t on_body_impl(string_view body, error_code& error) override;
  void on_chunk_header_impl(std::uint64_t size, string_view extensions, error_code& error) override;
  std::size_t on_chunk_body_impl(std::uint64_t remain, string_view body,
                                 error_code& error) override;
  void on_finish_impl(error_code& error) override;

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
