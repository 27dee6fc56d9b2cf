#include "base/result.h"

#include <memory>
#include <string>

#include <gtest/gtest.h>

namespace parley {
namespace {

Result<int> Half(int number) {
  if (number % 2 != 0) return InvalidArgument("odd");
  return number / 2;
}

Result<int> Quarter(int number) {
  PARLEY_ASSIGN(const int half, Half(number));
  PARLEY_ASSIGN(const int quarter, Half(half));
  return quarter;
}

TEST(Result, Assign_PassesValuesAndErrorsOn) {
  ASSERT_TRUE(Quarter(8).ok());
  EXPECT_EQ(*Quarter(8), 2);
  EXPECT_EQ(Quarter(6).status().code(), StatusCode::kInvalidArgument);
}

TEST(Result, Value_MovesOut) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(7);
  std::unique_ptr<int> taken = *std::move(result);
  EXPECT_EQ(*taken, 7);
}

TEST(Status, WithField_KeepsCodeMessageAndEarlierFields) {
  const Status status = InvalidField("text", "is blank").WithField("title", "is too long");
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), "text: is blank");
  ASSERT_EQ(status.fields().size(), 2U);
  EXPECT_EQ(status.fields()[0], (FieldError{"text", "is blank"}));
}

}  // namespace
}  // namespace parley
