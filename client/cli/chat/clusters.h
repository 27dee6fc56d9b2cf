#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace parley::client::cli::chat {

/// What a reader takes for one character (a grapheme cluster of UAX #29): a letter with its
/// accents, a flag, a family of emoji. It is never taken apart.
struct Cluster {
  std::string_view text;
  /// Columns that it is given on the screen: 0, 1 or 2.
  int width = 0;
  /// Whether every terminal gives it as many. After one that is not firm the cursor is placed anew.
  bool firm = true;
};

/// The cluster at the start of `text`, which must be valid UTF-8 and not empty.
Cluster FirstCluster(std::string_view text);

/// Where the cluster that holds the byte before `offset` begins; 0 for 0.
std::size_t PreviousBoundary(std::string_view text, std::size_t offset);

/// Columns of a text without line breaks.
int WidthOf(std::string_view text);

/// `text` where it fits into `width` columns, else its beginning and "…".
std::string Fit(std::string_view text, int width);

/// Without case, accents and forms of the same letter: for comparing with what a person types.
std::string Folded(std::string_view text);

}  // namespace parley::client::cli::chat
