#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace parley::client::cli {

/// A session as it is kept between two runs of the program.
struct Profile {
  std::string server;  ///< the only one that may see the token
  std::string token;
  std::string user_id;
  std::string username;

  bool operator==(const Profile&) const = default;
};

/// The file of one profile: `FOLDER/NAME.json`, readable by its owner alone.
class ProfileFile {
 public:
  ProfileFile(const std::filesystem::path& folder, std::string_view name);

  /// None if there is no such file: not signed in. kDataLoss if it cannot be understood.
  Result<std::optional<Profile>> Load() const;
  /// Makes the folder where it is missing; to be called before what would be a pity to lose.
  Status PrepareFolder() const;
  /// Replaces the file as a whole, and durably.
  Status Save(const Profile& profile) const;
  /// No error if there is none.
  Status Remove() const;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Reads a variable of the environment; empty where it is not set.
using Environment = std::function<std::string(const char*)>;

/// $PARLEY_HOME, else $XDG_CONFIG_HOME/parley, else $HOME/.config/parley; kInvalidArgument where
/// none is set.
Result<std::filesystem::path> ProfileFolder(const Environment& environment);

/// Letters, digits, `_`, `-` and `.` (not first): a file name and nothing more.
Status ValidateProfileName(std::string_view name);

}  // namespace parley::client::cli
