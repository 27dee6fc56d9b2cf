#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "base/function.h"
#include "storage/transfer.h"

namespace parley::storage::migration {

/// All that a store holds, in memory.
using Contents = std::array<std::map<std::string, std::string>, kRecordKinds>;

/// A store in memory to move from, in pages of `page_records`.
class FakeSource : public Exporter {
 public:
  FakeSource(Contents contents, std::size_t page_records, std::string identity = "fake 1")
      : contents_(std::move(contents)),
        page_records_(page_records),
        identity_(std::move(identity)) {}

  std::string identity() const override { return identity_; }
  Result<RecordPage> Read(RecordKind kind, std::string_view from) override;

  Contents& contents() { return contents_; }

 private:
  Contents contents_;
  const std::size_t page_records_;
  const std::string identity_;
};

/// A store in memory to move into.
class FakeTarget : public Importer {
 public:
  FakeTarget() = default;

  Result<std::optional<ImportState>> ReadState() override;
  Status Begin(std::string source) override;
  Status Write(RecordKind kind, const std::vector<Record>& records) override;
  Status SaveProgress(std::string progress, std::uint64_t number) override;
  Status Finish() override;
  /// In the opposite order of a FakeSource's.
  Exporter& written() override { return read_back_; }

  Contents& contents() { return contents_; }
  const std::optional<ImportState>& state() const { return state_; }

  /// Called with the number of each call that writes (from 1): what it answers, if it is no OK, is
  /// the answer instead; where it is kUnknown the call is done nevertheless.
  UniqueFunction<Status(int call)> fail = nullptr;
  int calls() const { return calls_; }

 private:
  class ReadBack : public Exporter {
   public:
    explicit ReadBack(FakeTarget& target) : target_(target) {}
    std::string identity() const override { return "fake target"; }
    Result<RecordPage> Read(RecordKind kind, std::string_view from) override;

   private:
    FakeTarget& target_;
  };

  /// Does `write`, or fails.
  template <class Call>
  Status Do(Call write);

  Contents contents_;
  std::optional<ImportState> state_;
  std::uint64_t saved_ = 0;
  int calls_ = 0;
  ReadBack read_back_{*this};
};

}  // namespace parley::storage::migration
