#include "app/backup_runner.h"

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "runtime/shard.h"
#include "runtime/spawn.h"
#include "runtime/testing/run_task.h"
#include "storage/memory/fake_store.h"
#include "storage/rocks/testing/scratch_folder.h"

namespace parley::app {
namespace {

/// Its backups last until they are let go, or given up.
class SlowStore : public storage::memory::FakeStore {
 public:
  Status BackUp(const std::string& /*folder*/, const std::stop_token& stop) override {
    std::unique_lock lock(mutex_);
    ++begun_;
    changed_.notify_all();
    const bool done = changed_.wait(lock, stop, [this] { return let_go_; });
    return done ? Status::Ok() : Unavailable("given up");
  }

  void WaitUntilBegun(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return begun_ >= count; });
  }
  void LetGo() {
    const std::lock_guard lock(mutex_);
    let_go_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  int begun_ = 0;
  bool let_go_ = false;
};

class BackupRunnerTest : public testing::Test {
 protected:
  void Begin(const std::string& name, std::optional<Status>* answer) {
    runtime::Spawn(shard_, "back up",
                   [](BackupRunner* runner, std::string to,
                      std::optional<Status>* out) -> runtime::Task<void> {
                     *out = co_await runner->Run(std::move(to));
                   }(&runner_, folder_.path() / name, answer));
    shard_.RunUntilIdle();
  }
  Status Await(const std::optional<Status>& answer) {
    while (!answer) {
      if (!shard_.RunUntilIdle()) std::this_thread::yield();
    }
    return *answer;
  }

  storage::rocks::ScratchFolder folder_;
  runtime::Shard shard_;
  SlowStore store_;
  BackupRunner runner_{store_};
};

TEST_F(BackupRunnerTest, OneAtATime) {
  std::optional<Status> first;
  Begin("first", &first);
  store_.WaitUntilBegun(1);
  EXPECT_EQ(runtime::RunTask(shard_, runner_.Run(folder_.path() / "second")).code(),
            StatusCode::kConflict);
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "second"));
  store_.LetGo();
  EXPECT_TRUE(Await(first).ok());
  EXPECT_TRUE(runtime::RunTask(shard_, runner_.Run(folder_.path() / "second")).ok());
}

TEST_F(BackupRunnerTest, Stop_GivesUpWhatIsUnderWay) {
  std::optional<Status> answer;
  Begin("first", &answer);
  store_.WaitUntilBegun(1);
  runner_.Stop();
  EXPECT_EQ(Await(answer).code(), StatusCode::kUnavailable);
  EXPECT_EQ(runtime::RunTask(shard_, runner_.Run(folder_.path() / "second")).code(),
            StatusCode::kUnavailable);
}

TEST_F(BackupRunnerTest, AFolderInUse_IsRefused) {
  std::filesystem::create_directories(folder_.path() / "full" / "file");
  EXPECT_EQ(runtime::RunTask(shard_, runner_.Run(folder_.path() / "full")).code(),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(runtime::RunTask(shard_, runner_.Run("/proc/no/such")).code(),
            StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace parley::app
