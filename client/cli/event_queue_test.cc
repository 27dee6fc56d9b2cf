#include "client/cli/event_queue.h"

#include <csignal>
#include <thread>
#include <unistd.h>

#include <gtest/gtest.h>

namespace parley::client::cli {
namespace {

TEST(EventQueue, Pop_WaitsForWhatAnotherThreadPushes) {
  EventQueue events;
  std::thread other([&] {
    events.Push(Connected{});
    events.Push(Noticed{"typing", "{}"});
  });
  EXPECT_TRUE(std::holds_alternative<Connected>(*events.Pop()));
  EXPECT_TRUE(std::holds_alternative<Noticed>(*events.Pop()));
  other.join();
}

TEST(EventQueue, Signal_EndsTheWaiting) {
  EventQueue events;
  events.Push(Connected{});
  kill(getpid(), SIGTERM);
  EXPECT_FALSE(events.Pop());
  EXPECT_TRUE(events.StoppedWithin(std::chrono::milliseconds(0)));
  // The signal is still pending for the process; take it, so that it ends nothing else.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  int taken = 0;
  sigwait(&signals, &taken);
  EXPECT_EQ(taken, SIGTERM);
}

TEST(EventQueue, Full_HoldsThePusherUntilThereIsRoom_OrUntilItIsClosed) {
  EventQueue events;
  for (std::size_t i = 0; i < EventQueue::kMaxEvents; ++i) events.Push(Connected{});
  std::thread late([&] { events.Push(Noticed{"late", "{}"}); });
  for (std::size_t i = 0; i < EventQueue::kMaxEvents; ++i) ASSERT_TRUE(events.Pop());
  EXPECT_TRUE(std::holds_alternative<Noticed>(*events.Pop()));
  late.join();

  for (std::size_t i = 0; i < EventQueue::kMaxEvents; ++i) events.Push(Connected{});
  std::thread let_go([&] { events.Push(Connected{}); });
  events.Close();
  let_go.join();
}

}  // namespace
}  // namespace parley::client::cli
