#include "storage/cassandra/admin_step.h"

#include <utility>

#include "wire/record_fields.h"
#include "wire/record_reader.h"
#include "wire/records.h"

namespace parley::storage::cassandra {
namespace {

using wire::RecordReader;
using wire::record::Get;
using wire::record::kVersion;
using wire::record::Put;
using wire::record::PutByte;
using wire::record::PutNumber;

template <class T>
void PutOptional(std::string& out, const std::optional<T>& value) {
  Put(out, value.has_value());
  if (value) Put(out, *value);
}

template <class T>
void GetOptional(RecordReader& in, std::optional<T>& value) {
  if (in.Enum(1) == 1) Get(in, value.emplace());
}

template <class Record>
void PutRecord(std::string& out, const Record& record) {
  std::string bytes;
  wire::AppendRecord(bytes, record);
  Put(out, bytes);
}

/// The record that `read` makes of the next bytes; the reader fails where it cannot.
template <class Record, class Read>
void GetRecord(RecordReader& in, Record& record, Read read) {
  std::string bytes;
  Get(in, bytes);
  Result<Record> found = read(bytes);
  if (found.ok()) {
    record = *std::move(found);
  } else {
    in.Fail("a record in it cannot be understood");
  }
}

}  // namespace

std::string EncodeStep(const AdminStep& step) {
  std::string out;
  PutByte(out, kVersion);
  PutOptional(out, step.claim);
  PutOptional(out, step.invitation);
  PutOptional(out, step.user);
  PutOptional(out, step.admin);
  PutOptional(out, step.disabled);
  Put(out, step.sessions == SessionsAfter::kEnded);
  Put(out, step.reset.has_value());
  if (step.reset) {
    Put(out, step.reset->token_hash);
    PutRecord(out, *step.reset);
  }
  Put(out, step.setting.has_value());
  if (step.setting) {
    Put(out, step.setting->name);
    Put(out, step.setting->value);
  }
  PutNumber(out, step.audit.size());
  for (const AuditEntry& entry : step.audit) {
    Put(out, entry.id);
    PutRecord(out, entry);
  }
  return out;
}

Result<AdminStep> DecodeStep(std::string_view bytes) {
  RecordReader in(bytes, kVersion, "administrative step");
  AdminStep step;
  GetOptional(in, step.claim);
  GetOptional(in, step.invitation);
  GetOptional(in, step.user);
  GetOptional(in, step.admin);
  GetOptional(in, step.disabled);
  if (in.Enum(1) == 1) step.sessions = SessionsAfter::kEnded;
  if (in.Enum(1) == 1) {
    TokenHash token{};
    Get(in, token);
    GetRecord(in, step.reset.emplace(), [&](const std::string& record) {
      return wire::ReadPasswordResetRecord(record, token);
    });
  }
  if (in.Enum(1) == 1) {
    Get(in, step.setting.emplace().name);
    Get(in, step.setting->value);
  }
  step.audit.resize(in.Size(Uuid::kSize + 1));
  for (AuditEntry& entry : step.audit) {
    AuditId id;
    Get(in, id);
    GetRecord(in, entry,
              [&](const std::string& record) { return wire::ReadAuditRecord(record, id); });
  }
  return in.Finish(std::move(step));
}

}  // namespace parley::storage::cassandra
