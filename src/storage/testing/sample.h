#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "runtime/shard.h"
#include "runtime/testing/run_task.h"
#include "storage/store.h"
#include "storage/testing/log_builder.h"

namespace parley::storage {

/// An installation that has been used for a while: written into a store through its interface, and
/// described from what a store answers, so that two stores that hold the same can be compared. All
/// kinds of rows that there are; logs within one part (1,000 entries), of exactly one, and of
/// several.
class Sample {
 public:
  Sample() = default;

  /// Into an empty store; fails the test where it cannot.
  void Fill(Store& store);

  /// What the store answers to everything that may be asked of people, links, conversations and
  /// keys of the sample, line by line.
  std::vector<std::string> Describe(Store& store);

  /// The same changes in each store: what it holds is in use.
  void Use(const std::vector<Store*>& stores);

  const std::vector<User>& users() const { return users_; }
  const std::vector<LogBuilder>& logs() const { return logs_; }

 private:
  template <class T>
  T Run(runtime::Task<T> task) {
    return runtime::RunTask(shard_, std::move(task));
  }
  void ExpectOk(const Status& status);

  void FillPeople(Store& store);
  void FillAdministration(Store& store);
  void FillConversations(Store& store);
  void Commit(const std::vector<Store*>& stores, LogBuilder& log);

  void DescribePeople(Store& store, std::vector<std::string>& lines);
  void DescribeAdministration(Store& store, std::vector<std::string>& lines);
  void DescribeConversation(Store& store, const LogBuilder& log, std::vector<std::string>& lines);

  runtime::Shard shard_;
  std::vector<User> users_;
  std::vector<Session> sessions_;
  std::vector<Invitation> invitations_;
  std::vector<TokenHash> resets_;
  std::vector<LogBuilder> logs_;
};

}  // namespace parley::storage
