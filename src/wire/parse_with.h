#pragma once

#include <string_view>
#include <utility>

#include "base/result.h"
#include "wire/json_reader.h"

namespace parley::wire {

/// Parses the text, has `read(FieldReader&, Request&)` fill a request from its fields, and answers
/// it if all were right.
template <class Request, class Read>
Result<Request> ParseWith(std::string_view json, Read read) {
  PARLEY_ASSIGN(const JsonDocument document, JsonDocument::Parse(json));
  FieldReader in(document.root());
  Request request;
  read(in, request);
  return in.Finish(std::move(request));
}

}  // namespace parley::wire
