#pragma once

#include "base/result.h"

namespace parley::client::cli {

enum class PasswordSource { kAsk, kStdin };
enum class PasswordUse { kExisting, kNew };

/// The first line of standard input if `source` says so; else PARLEY_PASSWORD; else what is typed
/// at the terminal, without echo, a new one twice. kInvalidArgument where there is none, or the two
/// differ.
Result<std::string> ReadPassword(PasswordSource source, PasswordUse use);

}  // namespace parley::client::cli
