#include "http/web_assets.h"

namespace parley::http {

const WebAssets* BuiltInWebAssets() { return nullptr; }

}  // namespace parley::http
