#pragma once

#include <string_view>

namespace parley::http {

/// A file of the reference at /docs, as tools/render_docs made it when the server was built. It
/// lives as long as the program.
struct DocsAsset {
  std::string_view content_type;
  std::string_view hash;  ///< of `plain`, hexadecimal: names the version
  std::string_view plain;
  std::string_view gzip;  ///< the same, compressed (RFC 1952)
};

const DocsAsset& DocsPage();          ///< the page at /docs, HTML without scripts
const DocsAsset& DocsStyle();         ///< its style sheet
const DocsAsset& OpenApiDocument();   ///< api/openapi.yaml
const DocsAsset& AsyncApiDocument();  ///< api/asyncapi.yaml

}  // namespace parley::http
