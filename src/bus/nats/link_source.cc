#include "bus/nats/link_source.h"

#include <chrono>
#include <thread>

#include <gtest/gtest.h>

#include "base/random.h"
#include "base/uuid.h"

namespace parley::bus {

std::string LinkSource::NewPrefix() {
  SystemRandom random;
  return "test-" + Uuid::Version7(FromMillis(0), random).ToString();
}

void StartAndWait(Link& link) {
  link.Start();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!link.status().ok()) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline) << link.status().ToString();
    std::this_thread::yield();
  }
}

}  // namespace parley::bus
