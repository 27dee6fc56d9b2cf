#include "http/origins.h"

#include <algorithm>
#include <ranges>

#include <boost/asio/ip/address.hpp>

#include "http/text.h"

namespace parley::http {
namespace {

namespace ip = boost::asio::ip;

constexpr std::string_view kHttps = "https://";
constexpr std::string_view kHttp = "http://";

/// The members of all headers of that name, as if they were one (RFC 9110, 5.3).
std::vector<std::string_view> Members(const net::HttpRequest& request, std::string_view name) {
  std::vector<std::string_view> members;
  for (const auto& [header, value] : request.headers) {
    if (!EqualsIgnoreCase(header, name)) continue;
    const std::vector<std::string_view> more = SplitList(value);
    members.insert(members.end(), more.begin(), more.end());
  }
  return members;
}

/// The last of them: what the nearest proxy has added.
std::string_view LastMember(const net::HttpRequest& request, std::string_view name) {
  const std::vector<std::string_view> members = Members(request, name);
  return members.empty() ? std::string_view() : members.back();
}

template <class Network, class Address>
bool Contains(const Network& network, const Address& address) {
  return Network(address, network.prefix_length()).canonical() == network.canonical();
}

}  // namespace

std::string NormalizeOrigin(std::string_view url) {
  std::string origin = ToLower(url);
  const std::size_t scheme_end = origin.find("://");
  if (scheme_end == std::string::npos) return origin;
  origin = origin.substr(0, origin.find_first_of("/?#", scheme_end + 3));
  for (const auto& [scheme, port] : {std::pair{kHttps, ":443"}, std::pair{kHttp, ":80"}}) {
    if (origin.starts_with(scheme) && origin.ends_with(port)) {
      origin.resize(origin.size() - std::string_view(port).size());
    }
  }
  return origin;
}

Origins::Origins(const OriginSettings& settings) {
  if (!settings.public_url.empty()) public_origin_ = NormalizeOrigin(settings.public_url);
  for (const std::string& origin : settings.allowed_origins) {
    allowed_.push_back(NormalizeOrigin(origin));
  }
  for (const std::string& proxy : settings.trusted_proxies) {
    // What is no network is one address: a network of that one.
    boost::system::error_code error;
    if (const ip::network_v4 network = ip::make_network_v4(proxy, error); !error) {
      proxies_v4_.push_back(network);
    } else if (const ip::network_v6 wide = ip::make_network_v6(proxy, error); !error) {
      proxies_v6_.push_back(wide);
    } else if (const ip::address address = ip::make_address(proxy, error); !error) {
      if (address.is_v4()) proxies_v4_.emplace_back(address.to_v4(), 32);
      if (address.is_v6()) proxies_v6_.emplace_back(address.to_v6(), 128);
    }
  }
}

Status Origins::CheckOrigin(const net::HttpRequest& request) const {
  if (request.CountHeader("origin") != 1) {
    return PermissionDenied("a request with a cookie needs the header Origin");
  }
  const std::string origin = NormalizeOrigin(request.Header("origin"));
  std::string own(CameByHttps(request) ? kHttps : kHttp);
  own += request.Header("host");
  const bool known = origin == NormalizeOrigin(own) || origin == public_origin_ ||
                     std::ranges::find(allowed_, origin) != allowed_.end();
  return known ? Status::Ok() : PermissionDenied("requests from this origin are not allowed");
}

std::optional<std::string> Origins::CorsOrigin(const net::HttpRequest& request) const {
  if (request.CountHeader("origin") != 1) return std::nullopt;
  const std::string_view origin = request.Header("origin");
  if (std::ranges::find(allowed_, NormalizeOrigin(origin)) == allowed_.end()) return std::nullopt;
  return std::string(origin);
}

std::string Origins::BaseUrl(const net::HttpRequest& request) const {
  if (public_origin_) return *public_origin_;
  std::string url(CameByHttps(request) ? kHttps : kHttp);
  return url += request.Header("host");
}

CookieSecurity Origins::SecurityOf(const net::HttpRequest& request) const {
  const bool https =
      CameByHttps(request) || (public_origin_ && public_origin_->starts_with(kHttps));
  return https ? CookieSecurity::kHttpsOnly : CookieSecurity::kAnyScheme;
}

bool Origins::CameByHttps(const net::HttpRequest& request) const {
  return request.secure || (IsTrustedProxy(request.peer_address) &&
                            EqualsIgnoreCase(LastMember(request, "x-forwarded-proto"), "https"));
}

limits::ClientAddress Origins::ClientOf(const net::HttpRequest& request) const {
  const limits::ClientAddress peer =
      limits::ClientAddress::Parse(request.peer_address).value_or(limits::ClientAddress());
  if (!IsTrustedProxy(request.peer_address)) return peer;
  limits::ClientAddress client = peer;
  for (const std::string_view hop : std::views::reverse(Members(request, "x-forwarded-for"))) {
    const std::optional<limits::ClientAddress> address = limits::ClientAddress::Parse(hop);
    if (!address) return peer;
    client = *address;
    if (!IsTrustedProxy(hop)) break;
  }
  return client;
}

bool Origins::IsTrustedProxy(std::string_view peer) const {
  boost::system::error_code error;
  ip::address address = ip::make_address(peer, error);
  if (error) return false;
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    address = ip::make_address_v4(ip::v4_mapped, address.to_v6());
  }
  return address.is_v4() ? std::ranges::any_of(proxies_v4_,
                                               [&](const ip::network_v4& network) {
                                                 return Contains(network, address.to_v4());
                                               })
                         : std::ranges::any_of(proxies_v6_, [&](const ip::network_v6& network) {
                             return Contains(network, address.to_v6());
                           });
}

}  // namespace parley::http
