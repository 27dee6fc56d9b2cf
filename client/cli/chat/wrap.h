#pragma once

#include <string_view>
#include <vector>

namespace parley::client::cli::chat {

/// The lines of `text` in columns of `width` (at least 2): broken at newlines, else between words,
/// else between clusters. The spaces at which a line is broken belong to no line; everything else
/// to exactly one. At least one line.
std::vector<std::string_view> Wrap(std::string_view text, int width);

}  // namespace parley::client::cli::chat
