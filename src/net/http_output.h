#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "net/http.h"

namespace parley::net {

/// What the request says about the form of its answer.
struct Exchange {
  bool http11 = true;
  bool keep_alive = true;
  bool head = false;
};

/// Whether an answer with this status has a body at all (RFC 9110, 6.4.1).
bool MayHaveBody(int status);

/// The status line and headers of `response`, up to the empty line, with the headers that are the
/// server's.
std::string RenderHead(const HttpResponse& response, const Exchange& exchange,
                       std::string_view date);

}  // namespace parley::net
