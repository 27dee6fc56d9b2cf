#pragma once

#include <string_view>

namespace parley::http {

// What a client says about the form of an answer (RFC 9110, 12 and 13). Values are as sent; a
// member that cannot be read counts as not sent.

/// How a body is packed (RFC 9110, 8.4.1).
enum class Coding { kIdentity, kGzip, kBrotli };

/// In which codings a body is at hand, besides as it is.
struct Codings {
  bool gzip = false;
  bool brotli = false;
};

/// The coding that Accept-Encoding likes best of those at hand (RFC 9110, 12.5.3); brotli, then
/// gzip, where it likes several as much. As it is for who refuses everything.
Coding ChooseCoding(std::string_view accept_encoding, Codings at_hand);

/// Whether Accept names HTML. A browser names it when a person goes to an address; programs, and
/// pages that fetch their parts, send something else or only "*/*".
bool NamesHtml(std::string_view accept);

/// Whether If-None-Match knows `etag`, by weak comparison (RFC 9110, 13.1.2).
bool Knows(std::string_view if_none_match, std::string_view etag);

}  // namespace parley::http
