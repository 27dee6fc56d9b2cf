#include "http/router.h"

#include <algorithm>
#include <optional>

namespace parley::http {
namespace {

std::vector<std::string_view> Segments(std::string_view pattern) {
  std::vector<std::string_view> segments;
  while (!pattern.empty()) {
    pattern.remove_prefix(1);  // the slash
    const std::size_t end = std::min(pattern.find('/'), pattern.size());
    segments.push_back(pattern.substr(0, end));
    pattern.remove_prefix(end);
  }
  return segments;
}

bool Fits(const std::vector<std::string_view>& pattern, const std::vector<std::string>& segments) {
  return std::ranges::equal(pattern, segments,
                            [](std::string_view expected, std::string_view given) {
                              return expected.starts_with('{') ? !given.empty() : expected == given;
                            });
}

}  // namespace

Router::Router(std::initializer_list<std::span<const Route>> tables) {
  for (const std::span<const Route> table : tables) {
    for (const Route& route : table) {
      if (route.pattern == kAnyOtherPath) others_.push_back(routes_.size());
      routes_.push_back(route);
      patterns_.push_back(Segments(route.pattern));
    }
  }
}

RouteMatch Router::Find(std::string_view method, const std::vector<std::string>& segments) const {
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  RouteMatch match;
  std::optional<std::size_t> first;  // decides on the pattern: "/users/me" is not "/users/{id}"
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    const Route& route = routes_[i];
    if (route.pattern == kAnyOtherPath) continue;
    if (first ? route.pattern != routes_[*first].pattern : !Fits(patterns_[i], segments)) continue;
    first = first.value_or(i);
    if (!match.allow.empty()) match.allow += ", ";
    match.allow += route.method == "GET" ? "GET, HEAD" : route.method;
    if (route.method == wanted) {
      match.route = &route;
      match.index = i;
    }
  }
  if (!first) return FindOther(wanted, segments);
  match.allow += ", OPTIONS";
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (patterns_[*first][i].starts_with('{')) match.parameters.push_back(segments[i]);
  }
  return match;
}

RouteMatch Router::FindOther(std::string_view method,
                             const std::vector<std::string>& segments) const {
  RouteMatch match;
  const auto found = std::ranges::find_if(
      others_, [&](std::size_t index) { return routes_[index].method == method; });
  if (found == others_.end()) return match;
  match.route = &routes_[*found];
  match.index = *found;
  match.allow = match.route->method;
  match.parameters = segments;
  return match;
}

}  // namespace parley::http
