#include "storage/rocks/expiry.h"

#include <optional>
#include <string_view>

#include "storage/rocks/merges.h"
#include "wire/records.h"

namespace parley::storage::rocks {
namespace {

/// When a row began to age; nothing if it does not (or cannot be understood: then it is kept).
std::optional<TimePoint> AgesFrom(Expiring rows, std::string_view value) {
  switch (rows) {
    case Expiring::kSends: {
      const Result<wire::SentRecord> sent = wire::ReadSentRecord(value);
      return sent.ok() ? std::optional(sent->at) : std::nullopt;
    }
    case Expiring::kLeftMembers: {
      const Result<wire::MemberRecord> row = wire::ReadMemberRecord(value, UserId());
      return row.ok() && !row->member ? std::optional(row->at) : std::nullopt;
    }
    case Expiring::kSessionUses:
      return DecodeTime(value);
  }
  return std::nullopt;
}

std::chrono::milliseconds Lifetime(Expiring rows) {
  switch (rows) {
    case Expiring::kSends:
      return kIdempotencyWindow + kExpiryMargin;
    case Expiring::kLeftMembers:
      return kLeftLifetime + kExpiryMargin;
    case Expiring::kSessionUses:
      return kSessionLifetime + kExpiryMargin;
  }
  return std::chrono::milliseconds::max();
}

class ExpiryFilter : public rocksdb::CompactionFilter {
 public:
  ExpiryFilter(Expiring rows, TimePoint before) : rows_(rows), before_(before) {}

  const char* Name() const override { return "parley.expiry"; }

  bool Filter(int /*level*/, const rocksdb::Slice& /*key*/, const rocksdb::Slice& value,
              std::string* /*new_value*/, bool* /*value_changed*/) const override {
    const std::optional<TimePoint> from = AgesFrom(rows_, value.ToStringView());
    return from && *from < before_;
  }

 private:
  const Expiring rows_;
  const TimePoint before_;
};

class ExpiryFactory : public rocksdb::CompactionFilterFactory {
 public:
  ExpiryFactory(Expiring rows, Clock& clock) : rows_(rows), clock_(clock) {}

  const char* Name() const override { return "parley.expiry_factory"; }

  std::unique_ptr<rocksdb::CompactionFilter> CreateCompactionFilter(
      const rocksdb::CompactionFilter::Context& /*context*/) override {
    return std::make_unique<ExpiryFilter>(rows_, clock_.Now() - Lifetime(rows_));
  }

 private:
  const Expiring rows_;
  Clock& clock_;
};

}  // namespace

std::shared_ptr<rocksdb::CompactionFilterFactory> MakeExpiry(Expiring rows, Clock& clock) {
  return std::make_shared<ExpiryFactory>(rows, clock);
}

}  // namespace parley::storage::rocks
