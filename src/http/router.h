#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/http.h"
#include "runtime/task.h"

namespace parley::http {

struct Api;
struct Request;

/// The pattern of what answers where no other fits.
inline constexpr std::string_view kAnyOtherPath = "/*";

/// Who may make a call.
enum class Access {
  kAnyone,
  kSignedIn,  ///< with a good token: then Request::caller is known
  kAdmin,     ///< the same, of an administrator
};

/// What a call takes besides its path.
enum class Body {
  kNone,
  kJson,  ///< application/json, else 415
};

/// Parses, calls, renders. Both pointers outlive the task.
using Handler = runtime::Task<Result<net::HttpResponse>> (*)(const Api* api, Request* request);

/// One call of the interface.
struct Route {
  std::string_view method;
  /// "/v1/users/{id}": a name in braces stands for one segment, not empty. kAnyOtherPath: what no
  /// other pattern fits, for that method alone; its parameters are the segments.
  std::string_view pattern;
  Access access = Access::kSignedIn;
  Body body = Body::kNone;
  Handler handler = nullptr;
};

/// Where a request goes.
struct RouteMatch {
  const Route* route = nullptr;         ///< null: no such path, or not with that method
  std::size_t index = 0;                ///< of the route in the table
  std::vector<std::string> parameters;  ///< what stands for the names in braces, in order
  std::string allow;  ///< the methods of that path, for Allow; empty: no such path
};

/// The table of all calls. Immutable; any thread.
class Router {
 public:
  /// Of two patterns that fit, the earlier wins. Joins the tables.
  explicit Router(std::initializer_list<std::span<const Route>> tables);

  /// HEAD goes where GET goes.
  RouteMatch Find(std::string_view method, const std::vector<std::string>& segments) const;

  const std::vector<Route>& routes() const { return routes_; }

 private:
  std::vector<Route> routes_;
  std::vector<std::vector<std::string_view>> patterns_;  // the segments of each route's pattern
  std::vector<std::size_t> others_;                      // those with kAnyOtherPath

  RouteMatch FindOther(std::string_view method, const std::vector<std::string>& segments) const;
};

}  // namespace parley::http
