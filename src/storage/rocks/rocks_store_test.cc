#include "storage/rocks/rocks_store.h"

#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "runtime/testing/run_task.h"
#include "storage/rocks/testing/scratch_folder.h"
#include "storage/testing/log_builder.h"

namespace parley::storage::rocks {
namespace {

class RocksStoreTest : public ::testing::Test {
 protected:
  Result<std::unique_ptr<Store>> TryOpen(std::uint64_t min_free_bytes = 0) {
    return Open({.path = path_, .reads = pool_, .min_free_bytes = min_free_bytes});
  }

  std::unique_ptr<Store> MustOpen(std::uint64_t min_free_bytes = 0) {
    Result<std::unique_ptr<Store>> store = TryOpen(min_free_bytes);
    if (!store.ok()) ADD_FAILURE() << store.status().ToString();
    return store.ok() ? *std::move(store) : nullptr;
  }

  template <class T>
  T Run(runtime::Task<T> task) {
    return runtime::RunTask(shard_, std::move(task));
  }

  ScratchFolder folder_;
  const std::filesystem::path path_ = folder_.path() / "data" / "store";
  runtime::BlockingPool pool_{2, 1'000};
  runtime::Shard shard_;
};

User NewUser(std::string name) {
  return {.id = NewId<UserId>(),
          .username = name,
          .display_name = "Anna Maria Smith",
          .email = {},
          .avatar = {},
          .admin = false,
          .created_at = FromMillis(1),
          .last_active_at = {}};
}

TEST_F(RocksStoreTest, Open_MakesAFolderForTheOwnerAlone) {
  const std::unique_ptr<Store> store = MustOpen();
  EXPECT_EQ(std::filesystem::status(path_).permissions(), std::filesystem::perms::owner_all);
}

TEST_F(RocksStoreTest, DiskBytes_GrowWithWhatIsWritten) {
  const std::unique_ptr<Store> store = MustOpen();
  const std::uint64_t before = store->disk_bytes();
  User user = NewUser("anna");
  user.display_name = std::string(100'000, 'x');
  ASSERT_TRUE(Run(store->accounts().CreateUser(user, "hash")).ok());
  EXPECT_GE(store->disk_bytes(), before + user.display_name.size());
}

TEST_F(RocksStoreTest, Open_WhileOpenElsewhere_SaysWhatToDo) {
  const std::unique_ptr<Store> store = MustOpen();
  const Result<std::unique_ptr<Store>> second = TryOpen();
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.status().code(), StatusCode::kUnavailable);
  const std::string message(second.status().message());
  EXPECT_NE(message.find("in use by another process"), std::string::npos) << message;
  EXPECT_NE(message.find(path_.string()), std::string::npos) << message;
}

TEST_F(RocksStoreTest, Open_WhereAFileIs_SaysWhich) {
  std::filesystem::create_directories(path_.parent_path());
  std::filesystem::copy_file("/proc/self/comm", path_);
  const Result<std::unique_ptr<Store>> refused = TryOpen();
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.status().message().find(path_.string()), std::string_view::npos);
}

TEST_F(RocksStoreTest, LittleRoom_RefusesWrites_AndReadsGoOn) {
  const User user = NewUser("anna");
  ASSERT_TRUE(Run(MustOpen()->accounts().CreateUser(user, "hash")).ok());

  const std::unique_ptr<Store> store = MustOpen(std::uint64_t{1} << 60);
  EXPECT_EQ(Run(store->accounts().CreateUser(NewUser("ben"), "hash")).code(),
            StatusCode::kUnavailable);
  EXPECT_EQ(Run(store->meta().WriteTime(FromMillis(9))).code(), StatusCode::kUnavailable);
  EXPECT_EQ(*Run(store->accounts().FindUser(user.id)), user);
  EXPECT_EQ(Run(store->accounts().FindUserByName("ben")).status().code(), StatusCode::kNotFound);
}

TEST_F(RocksStoreTest, Stop_RefusesEveryWrite_AndReadsGoOn) {
  const std::unique_ptr<Store> store = MustOpen();
  const User user = NewUser("anna");
  ASSERT_TRUE(Run(store->accounts().CreateUser(user, "hash")).ok());
  store->Stop();
  store->Stop();
  EXPECT_EQ(Run(store->accounts().CreateUser(NewUser("ben"), "hash")).code(),
            StatusCode::kUnavailable);
  EXPECT_EQ(Run(store->accounts().TouchSession(user.id, NewId<SessionId>(), {})).code(),
            StatusCode::kUnavailable);
  EXPECT_EQ(*Run(store->accounts().FindUser(user.id)), user);
}

TEST_F(RocksStoreTest, BackUp_IsAStoreOfThatMoment_AndWritingGoesOn) {
  const std::filesystem::path copy = folder_.path() / "copy";
  const User anna = NewUser("anna");
  const User ben = NewUser("ben");
  {
    const std::unique_ptr<Store> store = MustOpen();
    ASSERT_TRUE(Run(store->accounts().CreateUser(anna, "hash")).ok());
    ASSERT_TRUE(store->BackUp(copy, {}).ok());
    ASSERT_TRUE(Run(store->accounts().CreateUser(ben, "hash")).ok());
    EXPECT_EQ(store->BackUp(copy, {}).code(), StatusCode::kUnavailable) << "it is there already";
    EXPECT_EQ(store->BackUp(folder_.path() / "no" / "such", {}).code(), StatusCode::kUnavailable);
  }
  Result<std::unique_ptr<Store>> opened = Open({.path = copy, .reads = pool_, .min_free_bytes = 0});
  ASSERT_TRUE(opened.ok()) << opened.status().ToString();
  EXPECT_EQ(*Run((*opened)->accounts().FindUser(anna.id)), anna);
  EXPECT_EQ(Run((*opened)->accounts().FindUserByName("ben")).status().code(),
            StatusCode::kNotFound);
}

TEST_F(RocksStoreTest, BackUp_AStopGivesItUp_AndLeavesNothing) {
  const std::filesystem::path copy = folder_.path() / "copy";
  const std::filesystem::path staged = path_.string() + ".backup";
  const std::unique_ptr<Store> store = MustOpen();
  ASSERT_TRUE(Run(store->accounts().CreateUser(NewUser("anna"), "hash")).ok());
  std::stop_source stop;
  stop.request_stop();
  const Status given_up = store->BackUp(copy, stop.get_token());
  EXPECT_EQ(given_up.code(), StatusCode::kUnavailable);
  EXPECT_NE(given_up.message().find("stopping"), std::string_view::npos) << given_up.message();
  EXPECT_FALSE(std::filesystem::exists(copy));
  EXPECT_FALSE(std::filesystem::exists(staged));
  EXPECT_TRUE(store->BackUp(copy, {}).ok()) << "the next one is not in the way of it";
  EXPECT_FALSE(std::filesystem::exists(staged));
}

TEST_F(RocksStoreTest, Open_RemovesWhatACrashLeftOfABackup) {
  const std::filesystem::path staged = path_.string() + ".backup";
  std::filesystem::create_directories(staged);
  std::filesystem::create_directories(staged.string() + ".tmp");
  const std::unique_ptr<Store> store = MustOpen();
  EXPECT_FALSE(std::filesystem::exists(staged));
  EXPECT_FALSE(std::filesystem::exists(staged.string() + ".tmp"));
}

TEST_F(RocksStoreTest, SearchUsers_FindsFromEachWordOn) {
  const std::unique_ptr<Store> store = MustOpen();
  const User user = NewUser("am.smith");
  ASSERT_TRUE(Run(store->accounts().CreateUser(user, "hash")).ok());
  for (const char* prefix : {"", "a", "AM.", "anna maria s", "maria", "Maria Sm", "smith"}) {
    EXPECT_EQ(*Run(store->accounts().SearchUsers(prefix, 5, "")), std::vector{user}) << prefix;
  }
  for (const char* prefix : {"nna", "anna smith", "smith ", "\xFF"}) {
    EXPECT_TRUE(Run(store->accounts().SearchUsers(prefix, 5, ""))->empty()) << prefix;
  }
  EXPECT_TRUE(Run(store->accounts().SearchUsers("a", 0, ""))->empty());
}

TEST_F(RocksStoreTest, TouchSession_AfterItsEnd_LeavesNothingForALaterOne) {
  const std::unique_ptr<Store> store = MustOpen();
  Session session{.id = NewId<SessionId>(),
                  .user = NewId<UserId>(),
                  .token_hash = {1},
                  .device_name = "phone",
                  .created_at = FromMillis(1),
                  .last_used_at = FromMillis(1)};
  ASSERT_TRUE(Run(store->accounts().CreateSession(session)).ok());
  ASSERT_TRUE(Run(store->accounts().TouchSession(session.user, session.id, FromMillis(7))).ok());
  EXPECT_EQ(Run(store->accounts().FindSession(session.token_hash))->last_used_at, FromMillis(7));
  EXPECT_EQ(Run(store->accounts().ListSessions(session.user))->front().last_used_at, FromMillis(7));
  ASSERT_TRUE(Run(store->accounts().DeleteSession(session.user, session.id)).ok());
  ASSERT_TRUE(Run(store->accounts().TouchSession(session.user, session.id, FromMillis(8))).ok());
  EXPECT_EQ(Run(store->accounts().FindSession(session.token_hash)).status().code(),
            StatusCode::kNotFound);
  EXPECT_TRUE(Run(store->accounts().ListSessions(session.user))->empty());
}

TEST_F(RocksStoreTest, WritesWithoutFsync_FromManyAtOnce_AreAllAnswered) {
  const std::unique_ptr<Store> store = MustOpen();
  constexpr int kWrites = 500;
  int answered = 0;
  for (int i = 0; i < kWrites; ++i) {
    runtime::Spawn(shard_, "WriteTime", [](Store* to, int ms, int* count) -> runtime::Task<void> {
      if ((co_await to->meta().WriteTime(FromMillis(ms))).ok()) ++*count;
    }(store.get(), i, &answered));
  }
  while (answered < kWrites) {
    if (!shard_.RunUntilIdle()) std::this_thread::yield();
  }
  EXPECT_EQ(*Run(store->meta().ReadTime()), FromMillis(kWrites - 1));
}

TEST_F(RocksStoreTest, PoolThatIsFull_RefusesReadsAndWrites) {
  runtime::BlockingPool full(0, 0);
  Result<std::unique_ptr<Store>> store = Open({.path = path_, .reads = full, .min_free_bytes = 0});
  ASSERT_TRUE(store.ok());
  EXPECT_EQ(Run((*store)->meta().ReadTime()).status().code(), StatusCode::kUnavailable);
  EXPECT_EQ(Run((*store)->meta().WriteTime(FromMillis(1))).code(), StatusCode::kUnavailable);
  (*store)->Stop();
}

}  // namespace
}  // namespace parley::storage::rocks
