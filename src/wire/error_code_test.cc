#include "wire/error_code.h"

#include <gtest/gtest.h>

namespace parley::wire {
namespace {

TEST(ErrorCodeOf, EveryStatus_HasItsPlace) {
  const std::pair<StatusCode, ErrorCode> table[] = {
      {StatusCode::kMalformed, {400, "invalid"}},
      {StatusCode::kInvalidArgument, {422, "invalid"}},
      {StatusCode::kUnauthenticated, {401, "unauthenticated"}},
      {StatusCode::kPermissionDenied, {403, "forbidden"}},
      {StatusCode::kNotFound, {404, "not_found"}},
      {StatusCode::kConflict, {409, "conflict"}},
      {StatusCode::kTooLarge, {413, "too_large"}},
      {StatusCode::kRateLimited, {429, "rate_limited"}},
      {StatusCode::kUnavailable, {503, "unavailable"}},
      {StatusCode::kUnknown, {503, "unavailable"}},
      {StatusCode::kDeadlineExceeded, {503, "unavailable"}},
      {StatusCode::kCancelled, {503, "unavailable"}},
      {StatusCode::kDataLoss, {500, "internal"}},
      {StatusCode::kInternal, {500, "internal"}},
  };
  for (const auto& [status, expected] : table) {
    EXPECT_EQ(ErrorCodeOf(status), expected) << StatusCodeName(status);
    if (status == StatusCode::kMalformed || status == StatusCode::kInvalidArgument) continue;
    EXPECT_EQ(CodeOfHttpStatus(expected.http_status), expected.code);
  }
}

TEST(CodeOfHttpStatus, WhatOnlyHttpKnows) {
  EXPECT_EQ(CodeOfHttpStatus(400), "invalid");
  EXPECT_EQ(CodeOfHttpStatus(405), "method_not_allowed");
  EXPECT_EQ(CodeOfHttpStatus(415), "unsupported_media_type");
  EXPECT_EQ(CodeOfHttpStatus(422), "invalid");
  EXPECT_EQ(CodeOfHttpStatus(431), "too_large");
  EXPECT_EQ(CodeOfHttpStatus(505), "internal");
}

TEST(HttpStatusPhrase, UnknownOnes_HaveThatOfTheirClass) {
  EXPECT_EQ(HttpStatusPhrase(404), "Not Found");
  EXPECT_EQ(HttpStatusPhrase(499), "Bad Request");
  EXPECT_EQ(HttpStatusPhrase(599), "Internal Server Error");
}

TEST(PublicDetail, TellsTheMessageUnlessItIsOurs) {
  EXPECT_EQ(PublicDetail(NotFound("no such user")), "no such user");
  EXPECT_EQ(PublicDetail(NotFound("")), "Not Found");
  EXPECT_EQ(PublicDetail(Internal("secret")).find("secret"), std::string_view::npos);
  EXPECT_EQ(PublicDetail(DataLoss("secret")).find("secret"), std::string_view::npos);
}

}  // namespace
}  // namespace parley::wire
