#include "net/http.h"

#include <algorithm>

#include <boost/beast/core/string.hpp>

namespace parley::net {

std::string_view HttpRequest::Header(std::string_view name) const {
  const auto found = std::ranges::find_if(
      headers, [name](const auto& header) { return boost::beast::iequals(header.first, name); });
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

std::size_t HttpRequest::CountHeader(std::string_view name) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      headers, [name](const auto& header) { return boost::beast::iequals(header.first, name); }));
}

runtime::Task<std::variant<HttpResponse, Sender>> HttpService::Admit(HttpRequest /*head*/) {
  co_return Sender::kStranger;
}

}  // namespace parley::net
