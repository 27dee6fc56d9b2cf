#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "model/ids.h"

namespace parley::http {

/// The parameters of a query string, decoded. Readers answer an InvalidArgument that names the
/// parameter; names that nobody asks for are ignored.
class Query {
 public:
  using Parameters = std::vector<std::pair<std::string, std::string>>;

  Query() = default;
  explicit Query(Parameters parameters) : parameters_(std::move(parameters)) {}

  /// The one value, or nothing where the parameter is absent; given twice is wrong.
  Result<std::optional<std::string>> Find(std::string_view name) const;
  /// A seq: a decimal number from 0 on.
  Result<std::optional<Seq>> FindSeq(std::string_view name) const;
  /// `limit`: 1 to Limits::kPageMax, else Limits::kPageDefault.
  Result<std::size_t> Limit() const;

 private:
  Parameters parameters_;
};

/// The target of a request (RFC 9112, 3.2), in its parts, percent-decoded; all of it valid UTF-8.
struct Target {
  std::vector<std::string> segments;  ///< "/v1/users/me": {"v1", "users", "me"}; "/": {""}
  Query query;
};

/// Reads origin-form and absolute-form. kMalformed for what is neither, for wrong percent-encoding,
/// and for what is not UTF-8.
Result<Target> ParseTarget(std::string_view target);

}  // namespace parley::http
