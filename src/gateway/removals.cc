#include "gateway/removals.h"

#include <algorithm>
#include <string_view>
#include <variant>

namespace parley::gateway {

bool Removes(const Entry& entry, UserId user) {
  const auto* members = std::get_if<MembersBody>(&entry.body);
  return members != nullptr && std::find(members->removed.begin(), members->removed.end(), user) !=
                                   members->removed.end();
}

bool Removes(const bus::Event& change, UserId user) {
  // Our own encoder wrote the frame. Within a text a quotation mark is escaped: this is a key.
  constexpr std::string_view kKey = R"("removed":[)";
  const std::string_view json = change.frame.payload();
  const std::size_t key = json.find(kKey);
  if (key == std::string_view::npos) return false;
  const std::size_t begin = key + kKey.size();
  const std::string_view removed = json.substr(begin, json.find(']', begin) - begin);
  return removed.find(user.ToString()) != std::string_view::npos;
}

}  // namespace parley::gateway
