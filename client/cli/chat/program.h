#pragma once

#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "client/api.h"
#include "client/cli/chat/effects.h"
#include "client/cli/chat/model.h"
#include "client/cli/chat/painter.h"
#include "client/cli/chat/signals.h"
#include "client/cli/chat/terminal.h"
#include "client/cli/context.h"
#include "client/cli/mailbox.h"
#include "client/connection.h"
#include "runtime/blocking_pool.h"

namespace parley::client::cli::chat {

/// Brings the Model together with terminal, connection and HTTP: one loop on the calling thread
/// that waits for keys, signals, news and deadlines. The connection has threads of its own, and
/// questions over HTTP one more.
class Program {
 public:
  /// All must outlive it. `signals` must be older than every thread.
  Program(const Session& session, std::string open, Terminal& terminal, Signals& signals);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  /// Until somebody quits (ok), the session ends or the terminal is gone.
  Status Run();
  /// What was written and may not have been sent, each as a line for people.
  std::vector<std::string> Unsent() const;

 private:
  template <class Question, class Answer>
  struct Answered {
    Question asked;
    Result<Answer> answer;
  };
  using PageAnswer = Answered<FetchPage, MessagePage>;
  using MembersAnswer = Answered<FetchMembers, std::vector<Member>>;
  using UsersAnswer = Answered<FetchUsers, std::vector<User>>;
  using ResolveAnswer = Answered<Resolve, Conversation>;
  using News = std::variant<Event, PageAnswer, MembersAnswer, UsersAnswer, ResolveAnswer>;

  void Wait();
  void TakeNews();
  void OnSignal(int signal);
  void Suspend();
  void Carry(Effect effect);
  /// Runs `question` on the thread for HTTP; its answer becomes news.
  template <class Asked, class Question>
  void Ask(Asked asked, Question question);
  void End(Status status);

  Terminal& terminal_;
  Signals& signals_;
  SystemClock clock_;
  SystemRandom random_;
  Model model_;
  Painter painter_;
  Mailbox<News> box_;
  CurlHttpClient http_;  // on the pool's thread
  Api api_;              // likewise
  runtime::BlockingPool pool_;
  Connection connection_;
  bool ended_ = false;
  Status end_;
};

}  // namespace parley::client::cli::chat
