#include "storage/migration/testing/fake_target.h"

#include <algorithm>
#include <utility>

namespace parley::storage::migration {

Result<RecordPage> FakeSource::Read(RecordKind kind, std::string_view from) {
  const auto& rows = contents_.at(static_cast<std::size_t>(kind));
  RecordPage page;
  for (auto row = rows.lower_bound(std::string(from)); row != rows.end(); ++row) {
    if (page.records.size() == page_records_) {
      page.next = row->first;
      break;
    }
    page.records.push_back({.key = row->first, .value = row->second});
  }
  return page;
}

template <class Call>
Status FakeTarget::Do(Call write) {
  ++calls_;
  const Status failed = fail ? fail(calls_) : Status::Ok();
  if (!failed.ok() && failed.code() != StatusCode::kUnknown) return failed;
  PARLEY_TRY(write());
  return failed;
}

Result<std::optional<ImportState>> FakeTarget::ReadState() { return state_; }

Status FakeTarget::Begin(std::string source) {
  return Do([&] {
    const bool empty =
        std::ranges::all_of(contents_, [](const auto& rows) { return rows.empty(); });
    if (!empty) return Conflict("the target is not empty");
    state_ = ImportState{.source = source, .finished = false, .progress = {}};
    return Status::Ok();
  });
}

Status FakeTarget::Write(RecordKind kind, const std::vector<Record>& records) {
  for (const Record& record : records) PARLEY_TRY(CheckRecord(kind, record));
  return Do([&] {
    auto& rows = contents_.at(static_cast<std::size_t>(kind));
    for (const Record& record : records) rows[record.key] = record.value;
    return Status::Ok();
  });
}

Status FakeTarget::SaveProgress(std::string progress, std::uint64_t number) {
  return Do([&] {
    if (number >= saved_) state_->progress = progress;
    saved_ = std::max(saved_, number);
    return Status::Ok();
  });
}

Status FakeTarget::Finish() {
  return Do([&] {
    state_->finished = true;
    return Status::Ok();
  });
}

Result<RecordPage> FakeTarget::ReadBack::Read(RecordKind kind, std::string_view from) {
  const auto& rows = target_.contents_.at(static_cast<std::size_t>(kind));
  RecordPage page;
  auto row = from.empty() ? rows.rbegin()
                          : std::make_reverse_iterator(rows.upper_bound(std::string(from)));
  for (constexpr std::size_t kPage = 7; row != rows.rend(); ++row) {
    if (page.records.size() == kPage) {
      page.next = row->first;
      break;
    }
    page.records.push_back({.key = row->first, .value = row->second});
  }
  return page;
}

}  // namespace parley::storage::migration
