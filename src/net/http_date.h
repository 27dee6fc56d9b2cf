#pragma once

#include <ctime>
#include <string>

namespace parley::net {

/// The time of day as HTTP writes it (RFC 9110, 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT"), made anew
/// once a second. One thread.
class HttpDate {
 public:
  const std::string& Now();
  static std::string Format(std::time_t time);

 private:
  std::time_t second_ = 0;
  std::string text_;
};

}  // namespace parley::net
