// Of the link itself, over real servers: see real_nats.h.
#include "bus/nats/nats_link.h"

#include <atomic>
#include <mutex>
#include <thread>
#include <utility>

#include <gtest/gtest.h>

#include "bus/nats/link_source.h"
#include "bus/nats/real_nats.h"
#include "bus/nats/tcp_gate.h"

namespace parley::bus {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

Link::Payload Text(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

/// Remembers what arrives; any thread. What handlers touch outlives the test.
class Mailbox {
 public:
  Link::HandlerPtr handler() {
    return std::make_shared<const Link::Handler>([state = state_](const Link::Message& message) {
      const std::lock_guard lock(state->mutex);
      state->texts.emplace_back(message.no_responders ? "nobody" : message.data);
    });
  }
  std::vector<std::string> texts() const {
    const std::lock_guard lock(state_->mutex);
    return state_->texts;
  }

 private:
  struct State {
    std::mutex mutex;
    std::vector<std::string> texts;
  };
  const std::shared_ptr<State> state_ = std::make_shared<State>();
};

void WaitFor(const std::function<bool()>& done, seconds wait = seconds(10)) {
  const auto deadline = steady_clock::now() + wait;
  while (!done()) {
    ASSERT_LT(steady_clock::now(), deadline) << "waited too long";
    std::this_thread::sleep_for(milliseconds(1));
  }
}

class NatsLinkTest : public testing::Test {
 protected:
  ~NatsLinkTest() override {
    a_->Close();
    b_->Close();
  }

  static StatusCode Flush(Link& link) {
    std::atomic<bool> flushed{false};
    StatusCode code = StatusCode::kInternal;
    link.Flush([&](const Status& status) {
      code = status.code();
      flushed = true;
    });
    WaitFor([&] { return flushed.load(); });
    return code;
  }
  std::string Subject() const { return source_->prefix() + ".x"; }
  /// Publishes from a_ until something new has arrived: the servers may not know of each other's
  /// subscriptions yet.
  void PublishUntilHeard(const Mailbox& mailbox) {
    const std::size_t before = mailbox.texts().size();
    WaitFor([&] {
      a_->Publish(Subject(), "", Text("again"));
      return mailbox.texts().size() > before;
    });
  }

  const std::shared_ptr<LinkSource> source_ = MakeLinkSource();
  const std::shared_ptr<Link> a_ = source_->Make();
  const std::shared_ptr<Link> b_ = source_->Make();
};

TEST_F(NatsLinkTest, BeforeTheStart_NothingIsTaken_AndItSaysSo) {
  EXPECT_FALSE(a_->Publish(Subject(), "", Text("x")));
  EXPECT_EQ(a_->status().code(), StatusCode::kUnavailable);
  EXPECT_EQ(Flush(*a_), StatusCode::kUnavailable);
  EXPECT_EQ(a_->stats().dropped_out, 1U);
}

TEST_F(NatsLinkTest, SubscribedBeforeTheStart_IsHeard_NotByOneself) {
  Mailbox mine;
  Mailbox theirs;
  a_->Subscribe(Subject(), mine.handler());
  b_->Subscribe(Subject(), theirs.handler());
  StartAndWait(*a_);
  StartAndWait(*b_);
  EXPECT_EQ(Flush(*b_), StatusCode::kOk);
  PublishUntilHeard(theirs);
  EXPECT_TRUE(mine.texts().empty());
}

TEST_F(NatsLinkTest, AskedOfNobody_IsToldAtOnce) {
  Mailbox answers;
  StartAndWait(*a_);
  a_->Subscribe(Subject() + ".answer", answers.handler());
  a_->Publish(Subject() + ".nobody", Subject() + ".answer", Text("x"));
  WaitFor([&] { return !answers.texts().empty(); });
  EXPECT_EQ(answers.texts().front(), "nobody");
}

TEST_F(NatsLinkTest, CutOff_IsKnown_AndHealed) {
  const auto losses = std::make_shared<std::atomic<int>>(0);
  b_->OnLoss([losses] { ++*losses; });
  StartAndWait(*a_);
  StartAndWait(*b_);
  Mailbox mailbox;
  b_->Subscribe(Subject(), mailbox.handler());
  PublishUntilHeard(mailbox);
  source_->CutOff(*b_);
  WaitFor([&] { return !b_->status().ok(); });
  EXPECT_EQ(*losses, 0);
  EXPECT_EQ(Flush(*b_), StatusCode::kUnavailable);
  source_->Restore(*b_);
  WaitFor([&] { return b_->status().ok(); });
  WaitFor([&] { return *losses > 0; });
  EXPECT_EQ(b_->stats().reconnects, 1U);
  PublishUntilHeard(mailbox);
}

TEST_F(NatsLinkTest, CutOffAtTheStart_ConnectsLater) {
  source_->CutOff(*a_);
  a_->Start();
  WaitFor([&] { return a_->status().message().find("yet") == std::string_view::npos; });
  EXPECT_EQ(a_->status().code(), StatusCode::kUnavailable);
  source_->Restore(*a_);
  WaitFor([&] { return a_->status().ok(); });
  EXPECT_EQ(a_->stats().reconnects, 0U);
}

// The server gives up on who does not read: what waited there is lost, and that is told.
TEST_F(NatsLinkTest, AHandlerThatIsTooSlow_IsToldOfALoss) {
  const auto losses = std::make_shared<std::atomic<int>>(0);
  const auto held = std::make_shared<std::atomic<bool>>(true);
  b_->OnLoss([losses] { ++*losses; });
  StartAndWait(*a_);
  StartAndWait(*b_);
  b_->Subscribe(Subject(), std::make_shared<const Link::Handler>(
                               [=](const Link::Message&) { held->wait(true); }));
  EXPECT_EQ(Flush(*b_), StatusCode::kOk);
  // More than a server keeps for one client (max_pending, 64 MB), and what lies on the way.
  const Link::Payload large = Text(std::string(900'000, 'x'));
  for (int sent = 0; sent < 150;) {
    if (a_->Publish(Subject(), "", large)) ++sent;
    if (sent % 10 == 0) EXPECT_EQ(Flush(*a_), StatusCode::kOk);
  }
  *held = false;
  held->notify_all();
  WaitFor([&] { return *losses > 0; });
  WaitFor([&] { return b_->status().ok(); });
}

TEST_F(NatsLinkTest, WhatIsTooLarge_IsDropped_AndTheLinkLives) {
  StartAndWait(*a_);
  a_->Publish(Subject(), "", Text(std::string(2'000'000, 'x')));
  WaitFor([&] { return a_->stats().dropped_out == 1; });
  EXPECT_EQ(Flush(*a_), StatusCode::kOk);
}

TEST_F(NatsLinkTest, Unsubscribed_HearsNothingMore_AndClosingWaitsForHandlers) {
  Mailbox first;
  Mailbox second;
  StartAndWait(*a_);
  StartAndWait(*b_);
  const Link::Ticket ticket = b_->Subscribe(Subject(), first.handler());
  b_->Subscribe(Subject(), second.handler());
  PublishUntilHeard(first);
  b_->Unsubscribe(ticket);
  EXPECT_EQ(Flush(*b_), StatusCode::kOk);
  EXPECT_EQ(b_->stats().subscriptions, 1U);
  PublishUntilHeard(second);
  const std::size_t heard = first.texts().size();
  PublishUntilHeard(second);
  EXPECT_EQ(first.texts().size(), heard);
}

/// The thread of links that a test makes by itself.
struct Running : runtime::Shard {
  Running() { Start(); }
};

TEST(NatsLinkFailover, AnotherServerIsFoundSoon) {
  NullLogger log;
  NatsLinkOptions options = RealNats();
  std::vector<std::unique_ptr<TcpGate>> gates;
  std::vector<std::string> urls;
  for (int i = 0; i < 2; ++i) {
    const NatsAddress address =
        ParseAddress(options.urls[static_cast<std::size_t>(i) % options.urls.size()]);
    gates.push_back(std::make_unique<TcpGate>(address.host, address.port));
    urls.push_back(address.scheme + "127.0.0.1:" + std::to_string(gates.back()->port()));
  }
  options.urls = urls;
  const auto losses = std::make_shared<std::atomic<int>>(0);
  Running shard;
  NatsLink link(options, shard, log);
  link.OnLoss([losses] { ++*losses; });
  StartAndWait(link);
  // Whichever it is connected to is lost in one of two turns.
  for (const auto& gate : gates) {
    gate->Shut();
    const auto begin = steady_clock::now();
    std::atomic<bool> flushed{false};
    while (!flushed && steady_clock::now() - begin < seconds(10)) {
      std::atomic<bool> answered{false};
      link.Flush([&](const Status& status) {
        flushed = status.ok();
        answered = true;
      });
      while (!answered) std::this_thread::yield();
    }
    EXPECT_TRUE(flushed);
    gate->Open();
  }
  // Told by another thread than that which answers a flush.
  WaitFor([&] { return *losses > 0; });
  EXPECT_GT(link.stats().reconnects, 0U);
}

TEST(NatsLinkLate, WhatWasMissedBeforeTheFirstConnection_IsALoss) {
  NullLogger log;
  NatsLinkOptions options = RealNats();
  const NatsAddress address = ParseAddress(options.urls.front());
  TcpGate gate(address.host, address.port);
  options.urls = {address.scheme + "127.0.0.1:" + std::to_string(gate.port())};
  gate.Shut();
  const auto losses = std::make_shared<std::atomic<int>>(0);
  Running shard;
  NatsLink link(options, shard, log);
  link.OnLoss([losses] { ++*losses; });
  link.Start();
  WaitFor([&] { return link.status().message().find("yet") == std::string_view::npos; });
  EXPECT_FALSE(link.status().ok());
  EXPECT_EQ(*losses, 0);
  gate.Open();
  WaitFor([&] { return *losses > 0; });
  EXPECT_TRUE(link.status().ok());
  EXPECT_EQ(link.stats().reconnects, 0U);
}

TEST(NatsLinkRefused, SaysWhatIsWrong) {
  NullLogger log;
  Running shard;
  NatsLinkOptions options = RealNats();
  if (!options.user.empty()) {
    options.password += "x";
    NatsLink link(options, shard, log);
    link.Start();
    while (link.status().message().find("yet") != std::string_view::npos) std::this_thread::yield();
    EXPECT_NE(link.status().message().find("user name or password"), std::string_view::npos)
        << link.status().ToString();
  }
  options.urls = {"nats://127.0.0.1:1"};
  NatsLink nowhere(options, shard, log);
  nowhere.Start();
  while (nowhere.status().message().find("yet") != std::string_view::npos) {
    std::this_thread::yield();
  }
  EXPECT_NE(nowhere.status().message().find("can be reached"), std::string_view::npos)
      << nowhere.status().ToString();
  options.urls = {"::nonsense::"};
  NatsLink wrong(options, shard, log);
  wrong.Start();
  while (wrong.status().message().find("yet") != std::string_view::npos) std::this_thread::yield();
  EXPECT_FALSE(wrong.status().ok());
}

}  // namespace
}  // namespace parley::bus
