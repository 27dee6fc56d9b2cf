#pragma once

#include <cstdint>

#include <CLI/App.hpp>

namespace parley::client::cli {

/// A number of things to show.
inline CLI::Range Count(std::uint64_t least) { return {least, std::uint64_t{1'000'000}, "COUNT"}; }
/// The place of a message; JSON numbers are exact up to there.
inline CLI::Range SeqRange() { return {std::uint64_t{1}, std::uint64_t{1} << 53U, "SEQ"}; }

}  // namespace parley::client::cli
