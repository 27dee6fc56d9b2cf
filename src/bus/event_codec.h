#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "bus/event.h"

namespace parley::bus {

/// An event as bytes, for the way to another process: a version, then the fields in order, as in
/// the records of the store (wire/record_fields.h). Fields are only ever added behind; an older
/// program ignores what it does not know. The frame travels as its JSON.
std::string EncodeEvent(const Event& event);

/// kDataLoss where it is no event: another version, an unknown kind, cut off. Reads nothing beyond
/// `bytes`, and keeps nothing of them.
Result<Event> DecodeEvent(std::string_view bytes);

}  // namespace parley::bus
