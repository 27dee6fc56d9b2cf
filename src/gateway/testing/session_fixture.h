#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bus/local/local_presence.h"
#include "chat/testing/chat_backend.h"
#include "gateway/sessions.h"
#include "net/websocket.h"
#include "runtime/blocking_pool.h"

namespace parley::gateway {

/// A WebSocket without a network: keeps what is sent, and what is momentary by itself.
class FakeSocket : public net::WebSocket {
 public:
  bool Send(wire::Frame frame) override;
  void Close(net::CloseCode code, std::string_view reason) override;
  void PauseReading() override { reading = false; }
  void ResumeReading() override { reading = true; }
  std::size_t queued_bytes() const override { return queued; }
  std::size_t queued_frames() const override { return queued_count; }

  std::vector<std::string> frames;
  std::vector<std::string> passing;  ///< receipt, typing, presence, user; in short, see Noticed
  std::optional<net::CloseCode> closed;
  bool reading = true;
  bool slow = false;  ///< takes nothing from the outbox, until TestClient::Drain
  std::size_t queued = 0;
  std::size_t queued_count = 0;
};

/// A bus that loses what it is told to lose.
class LossyBus : public bus::Bus {
 public:
  explicit LossyBus(bus::Bus& bus) : bus_(bus) {}
  std::unique_ptr<bus::Subscription> Subscribe(UserId user, bus::Subscriber& subscriber) override;
  std::unique_ptr<bus::Subscription> Follow(ConversationId conversation,
                                            bus::Subscriber& subscriber) override;
  runtime::Task<Status> Settle() override { return bus_.Settle(); }
  void Publish(bus::EventPtr event, bus::Recipients recipients) override;
  std::unique_ptr<bus::Subscription> OnGap(UniqueFunction<void()> gap) override;
  bool MayLose() const override { return bus_.MayLose(); }

  bool losing = false;

 private:
  bus::Bus& bus_;
};

/// A session and what its client sees of it. Frames are shown in short, so that a test reads like a
/// conversation: "ready", "change 5", "inbox 5" (the conversation's last_seq), "left", "ack r 5",
/// "ack r 5 again", "error r not_found", "pong r", and for a sync each conversation with its
/// changes: "sync (6 7) (reset) left 1", with "…" where more follow.
class TestClient {
 public:
  TestClient(chat::ChatBackend& backend, Sessions& sessions, std::optional<auth::Caller> caller,
             Start start, limits::ClientAddress client = {});
  ~TestClient();

  void Say(std::string json);
  /// So many bytes of a message came, and it goes on.
  void Part(std::size_t bytes);
  /// Resumes with a head of one conversation.
  void Resume(ConversationId conversation, std::uint64_t head);
  /// The client takes what waits in the outbox.
  void Drain();
  void Disconnect();

  /// Takes the first frame, which is to be `ready`; what came behind it is left for Told.
  bool TakeReady();
  /// What came since the last call, but for what is momentary.
  std::vector<std::string> Told();
  /// What is momentary, since the last call: "receipt 5 3" (delivered, read), "typing", "typing
  /// ended", "presence online" or "offline", "user" with the display name.
  std::vector<std::string> Noticed();
  /// What the client has of the log by sync and change frames, in the order in which it came; a
  /// reset begins anew with the last_seq of the conversation.
  std::vector<std::uint64_t> Seqs() const;

  FakeSocket socket;

 private:
  chat::ChatBackend& backend_;
  std::unique_ptr<net::WebSocketHandler> handler_;
  std::size_t told_ = 0;
  std::size_t noticed_ = 0;
};

/// The ground of the tests of Session: people of a chat backend, and a group of ann and bob with
/// seq 1.
class SessionFixture : public testing::Test {
 protected:
  /// The same session each time, which is signed in at the first.
  auth::Caller CallerOf(UserId user);
  /// Connects, and takes the `ready`.
  std::unique_ptr<TestClient> Connect(UserId user, Start start = Start::kLive);
  /// Sends a message and waits for the ack; answers its seq.
  std::uint64_t Send(UserId sender, ConversationId conversation, std::string text = "hello");
  void SendMany(UserId sender, ConversationId conversation, int count, std::string text = "hello");
  void RunUntil(const std::function<bool()>& done) { backend_.RunUntil(done); }

  chat::ChatBackend backend_;
  runtime::BlockingPool pool_{1, 16};
  auth::PasswordHasher hasher_{{.memory_kib = 8, .passes = 1}, pool_};
  SystemRandom random_;
  auth::AccountService accounts_{
      backend_.store().accounts(), hasher_, backend_.clock(), random_, {}, Limits()};
  LossyBus bus_{backend_.bus()};
  /// Lingers for shorter than any test takes.
  bus::LocalPresence presence_{{&backend_.shard()}, std::chrono::milliseconds(20)};
  Sessions sessions_{SessionEnvironment{.chat = backend_.chat(),
                                        .accounts = accounts_,
                                        .bus = bus_,
                                        .presence = presence_,
                                        .limits = Limits(),
                                        .presence_pause = std::chrono::milliseconds(200)}};
  /// For those who say nothing; soon looks again whether they are signed in.
  Sessions impatient_{SessionEnvironment{.chat = backend_.chat(),
                                         .accounts = accounts_,
                                         .bus = bus_,
                                         .presence = presence_,
                                         .limits = Limits(),
                                         .authentication_time = std::chrono::milliseconds(10),
                                         .resume_time = std::chrono::milliseconds(10),
                                         .recheck = std::chrono::milliseconds(10)}};
  const UserId ann_ = backend_.Person("ann");
  const UserId bo_ = backend_.Person("bob");
  const UserId cy_ = backend_.Person("cyd");
  const ConversationId group_ = backend_.Group(ann_, {bo_});
};

}  // namespace parley::gateway
