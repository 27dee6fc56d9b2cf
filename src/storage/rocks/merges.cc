#include "storage/rocks/merges.h"

#include <algorithm>

#include "model/ids.h"
#include "storage/rocks/keys.h"
#include "wire/records.h"

namespace parley::storage::rocks {
namespace {

class PositionMerge : public rocksdb::AssociativeMergeOperator {
 public:
  const char* Name() const override { return "parley.position"; }

  bool Merge(const rocksdb::Slice& /*key*/, const rocksdb::Slice* existing,
             const rocksdb::Slice& value, std::string* merged,
             rocksdb::Logger* /*logger*/) const override {
    if (existing == nullptr) {
      merged->assign(value.data(), value.size());
      return true;
    }
    const Result<wire::PositionRecord> old = wire::ReadPositionRecord(existing->ToStringView());
    const Result<wire::PositionRecord> written = wire::ReadPositionRecord(value.ToStringView());
    if (!old.ok() || !written.ok()) return false;
    wire::AppendRecord(*merged, Later(*old, *written));
    return true;
  }

 private:
  static wire::PositionRecord Later(const wire::PositionRecord& old,
                                    const wire::PositionRecord& written) {
    if (old.joined_seq != written.joined_seq) {
      return old.joined_seq > written.joined_seq ? old : written;
    }
    wire::PositionRecord merged = old;
    if (merged.position.MergeFrom(written.position)) merged.at = std::max(old.at, written.at);
    return merged;
  }
};

class LatestTimeMerge : public rocksdb::AssociativeMergeOperator {
 public:
  const char* Name() const override { return "parley.latest_time"; }

  bool Merge(const rocksdb::Slice& /*key*/, const rocksdb::Slice* existing,
             const rocksdb::Slice& value, std::string* merged,
             rocksdb::Logger* /*logger*/) const override {
    // The highest byte comes first: times compare as their bytes do.
    const bool keep = existing != nullptr && existing->compare(value) > 0;
    const rocksdb::Slice& later = keep ? *existing : value;
    merged->assign(later.data(), later.size());
    return true;
  }
};

}  // namespace

std::shared_ptr<rocksdb::MergeOperator> MakePositionMerge() {
  return std::make_shared<PositionMerge>();
}

std::shared_ptr<rocksdb::MergeOperator> MakeLatestTimeMerge() {
  return std::make_shared<LatestTimeMerge>();
}

std::string EncodeTime(TimePoint time) {
  const auto ms = static_cast<std::uint64_t>(std::max<std::int64_t>(0, ToMillis(time)));
  return std::string(Key().Add(Seq(ms)).view());
}

std::optional<TimePoint> DecodeTime(std::string_view bytes) {
  if (bytes.size() != sizeof(std::uint64_t)) return std::nullopt;
  return FromMillis(static_cast<std::int64_t>(SeqAtEnd(bytes).value()));
}

}  // namespace parley::storage::rocks
