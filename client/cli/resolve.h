#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "client/api.h"
#include "client/types.h"

namespace parley::client::cli {

enum class IfMissing { kFail, kCreateDirect };

/// The conversation that a person means by `text`: an id, `@username`, a group's title, or the
/// start of an id. kNotFound if there is none (a direct one is made if so wished), kConflict if
/// `text` fits several.
Result<Conversation> ResolveConversation(Api& api, std::string_view text, IfMissing if_missing);

/// The one of `conversations` that `text` (title, or start of an id) fits; the part of the above
/// without questions.
Result<Conversation> PickConversation(const std::vector<Conversation>& conversations,
                                      std::string_view text);

/// The person called `name`, with or without `@` before it.
Result<User> ResolveUser(Api& api, std::string_view name);
Result<std::vector<UserId>> ResolveUsers(Api& api, const std::vector<std::string>& names);

}  // namespace parley::client::cli
