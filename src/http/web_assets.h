#pragma once

#include <span>
#include <string_view>

namespace parley::http {

/// A file of the web app. All of it lives as long as the program.
struct WebAsset {
  std::string_view path;  ///< "/assets/index-BqkZ3x0a.js"
  std::string_view content_type;
  std::string_view hash;    ///< of `plain`, hexadecimal: names the version
  std::string_view plain;   ///< never empty
  std::string_view gzip;    ///< the same, packed (RFC 1952); empty where that does not pay
  std::string_view brotli;  ///< the same (RFC 7932)
};

/// The files of a web app, by path. Immutable; any thread.
class WebAssets {
 public:
  /// `files` are in the order of their paths, with "/index.html" among them, and outlive this.
  constexpr explicit WebAssets(std::span<const WebAsset> files) : files_(files) {}

  /// The file at exactly that path, or null.
  const WebAsset* Find(std::string_view path) const;

 private:
  std::span<const WebAsset> files_;
};

/// The web app that is in this program (tools/embed_web made it), or null where it was built with
/// PARLEY_WEB=OFF.
const WebAssets* BuiltInWebAssets();

}  // namespace parley::http
