#include "client/cli/profile.h"

#include <fstream>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "client/cli/testing/temporary_folder.h"

namespace parley::client::cli {
namespace {

namespace fs = std::filesystem;

const Profile kProfile{"http://127.0.0.1:8080", "tok\"en", "id", "ann"};

TEST(ProfileFile, Save_IsForItsOwnerAlone_AndLoadsAgain) {
  const TemporaryFolder folder;
  const ProfileFile file(folder.path() / "new" / "parley", "default");
  ASSERT_TRUE(file.Save(kProfile).ok());
  EXPECT_EQ(fs::status(file.path()).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(fs::status(file.path().parent_path()).permissions(), fs::perms::owner_all);
  EXPECT_EQ(**file.Load(), kProfile);
}

TEST(ProfileFile, Save_Again_ReplacesAndLeavesNothingBehind) {
  const TemporaryFolder folder;
  const ProfileFile file(folder.path(), "work");
  ASSERT_TRUE(file.Save(kProfile).ok());
  Profile other = kProfile;
  other.token = "other";
  ASSERT_TRUE(file.Save(other).ok());
  EXPECT_EQ((*file.Load())->token, "other");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()), 1);
}

TEST(ProfileFile, Missing_IsNoError_AndDamagedIsOne) {
  const TemporaryFolder folder;
  const ProfileFile file(folder.path(), "default");
  EXPECT_FALSE(file.Load()->has_value());
  EXPECT_TRUE(file.Remove().ok());
  std::ofstream(file.path()) << "{\"server\":";
  EXPECT_EQ(file.Load().status().code(), StatusCode::kDataLoss);
  EXPECT_TRUE(file.Remove().ok());
  EXPECT_FALSE(fs::exists(file.path()));
}

TEST(ProfileFolder, FollowsTheEnvironment) {
  std::map<std::string, std::string> variables;
  const Environment environment = [&](const char* name) { return variables[name]; };
  EXPECT_EQ(ProfileFolder(environment).status().code(), StatusCode::kInvalidArgument);
  variables["HOME"] = "/home/ann";
  EXPECT_EQ(*ProfileFolder(environment), "/home/ann/.config/parley");
  variables["XDG_CONFIG_HOME"] = "/conf";
  EXPECT_EQ(*ProfileFolder(environment), "/conf/parley");
  variables["PARLEY_HOME"] = "/p";
  EXPECT_EQ(*ProfileFolder(environment), "/p");
}

TEST(ValidateProfileName, IsAFileNameAndNothingMore) {
  EXPECT_TRUE(ValidateProfileName("work-2.a_B").ok());
  for (const char* wrong : {"", "../x", "a/b", ".hidden", "a b"})
    EXPECT_FALSE(ValidateProfileName(wrong).ok());
}

}  // namespace
}  // namespace parley::client::cli
