#include "net/frame_meter.h"

#include <string>

#include <gtest/gtest.h>

#include "net/testing/raw_client.h"

namespace parley::net {
namespace {

std::string Traffic() {
  std::string bytes;
  bytes += RawClient::MaskedFrame(9, "ping");                             // counts
  bytes += RawClient::MaskedFrame(1, "text");                             // a whole message
  bytes += RawClient::MaskedFrame(10, "");                                // counts
  bytes += RawClient::MaskedFrame(1, std::string(300, 'a'), false);       // counts
  bytes += RawClient::MaskedFrame(0, "", false);                          // counts
  bytes += RawClient::MaskedFrame(0, std::string(70'000, '\x89'), true);  // ends the message
  bytes += RawClient::MaskedFrame(8, "\x03\xe8");                         // the last of all
  return bytes;
}

TEST(FrameMeterTest, Take_CountsControlFramesAndFragmentsThatEndNothing) {
  FrameMeter meter;
  EXPECT_EQ(meter.Take(Traffic()), 4U);
}

TEST(FrameMeterTest, Take_HoweverTheBytesAreCut) {
  for (const std::size_t step : {1U, 2U, 3U, 7U, 1536U}) {
    FrameMeter meter;
    std::size_t counted = 0;
    const std::string bytes = Traffic();
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      counted += meter.Take(std::string_view(bytes).substr(at, step));
    }
    EXPECT_EQ(counted, 4U) << step;
  }
}

TEST(FrameMeterTest, Take_UnmaskedFrames_AreFollowedToo) {
  FrameMeter meter;
  EXPECT_EQ(meter.Take({"\x89\x00\x81\x01x\x89\x00", 7}), 2U);
}

}  // namespace
}  // namespace parley::net
