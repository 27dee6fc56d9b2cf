#include "http/web_assets.h"

#include <algorithm>

namespace parley::http {

const WebAsset* WebAssets::Find(std::string_view path) const {
  const auto found = std::ranges::lower_bound(files_, path, {}, &WebAsset::path);
  return found == files_.end() || found->path != path ? nullptr : &*found;
}

}  // namespace parley::http
