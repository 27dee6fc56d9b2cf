#include "client/cli/chat/program.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <utility>
#include <poll.h>

#include <fmt/format.h>

#include "client/cli/chat/view.h"
#include "client/cli/resolve.h"
#include "client/cli/text.h"

namespace parley::client::cli::chat {
namespace {

/// News that may wait: a terminal that is held makes the server see a slow reader.
constexpr std::size_t kMaxNews = 10'000;
/// News between two pictures, so that keys are not kept waiting.
constexpr int kNewsAtOnce = 1'000;
constexpr std::size_t kMaxQuestions = 256;
constexpr std::size_t kMessagesPerPage = 50;

template <class... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};
template <class... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

Result<MessagePage> Load(Api& api, const FetchPage& page) {
  switch (page.where) {
    case Timeline::Where::kBefore:
      return api.MessagesBefore(page.conversation, page.seq, kMessagesPerPage);
    case Timeline::Where::kAfter:
      return api.MessagesAfter(page.conversation, page.seq, kMessagesPerPage);
    case Timeline::Where::kAround:
      return api.MessagesAround(page.conversation, page.seq, kMessagesPerPage);
    case Timeline::Where::kLatest:
      break;
  }
  return api.MessagesBefore(page.conversation, std::nullopt, kMessagesPerPage);
}

/// A title, an id, or the name of a person, with or without the sign before it.
Result<Conversation> Find(Api& api, const std::string& name) {
  Result<Conversation> found = ResolveConversation(api, name, IfMissing::kCreateDirect);
  const bool missing = !found.ok() && found.status().code() == StatusCode::kNotFound;
  if (!missing || name.starts_with('@')) return found;
  return ResolveConversation(api, "@" + name, IfMissing::kCreateDirect);
}

Model::Options OptionsOf(const Session& session, std::string open) {
  User self;
  self.id = session.self();
  self.username = session.profile().username;
  return {std::move(self), session.server().ToString(), std::move(open)};
}

}  // namespace

Program::Program(const Session& session, std::string open, Terminal& terminal, Signals& signals)
    : terminal_(terminal),
      signals_(signals),
      model_(OptionsOf(session, std::move(open)), clock_, random_),
      painter_(terminal),
      box_(kMaxNews),
      http_(session.server(), session.profile().token),
      api_(http_),
      pool_(1, kMaxQuestions),
      connection_({.server = session.server(), .token = session.profile().token}, random_,
                  [this](const Event& event) { box_.Push(event); }) {}

Program::~Program() {
  box_.Close();
  http_.Abort();
  pool_.Stop();
  connection_.Stop();
}

Status Program::Run() {
  terminal_.Enter();
  model_.OnResize(terminal_.size());
  connection_.Start();
  while (true) {
    for (Effect& effect : model_.TakeEffects()) Carry(std::move(effect));
    if (terminal_.gone()) End(Status::Ok());
    if (ended_) break;
    terminal_.Write(painter_.Paint(Draw(model_.state())));
    Wait();
  }
  terminal_.Leave();
  return end_;
}

void Program::Wait() {
  int timeout_ms = -1;
  if (const std::optional<TimePoint> wake = model_.NextWake()) {
    timeout_ms =
        static_cast<int>(std::clamp<std::int64_t>((*wake - clock_.Now()).count(), 0, 60'000));
  }
  std::array<pollfd, 3> waiting = {pollfd{terminal_.fd(), POLLIN, 0}, pollfd{box_.fd(), POLLIN, 0},
                                   pollfd{signals_.fd(), POLLIN, 0}};
  poll(waiting.data(), waiting.size(), timeout_ms);
  while (const std::optional<int> signal = signals_.Next()) OnSignal(*signal);
  if (waiting[0].revents != 0) {
    for (const Key& key : terminal_.ReadKeys()) model_.OnKey(key);
  }
  TakeNews();
  model_.OnTime();
}

void Program::TakeNews() {
  box_.Drain();
  for (int i = 0; i < kNewsAtOnce; ++i) {
    std::optional<News> news = box_.TryPop();
    if (!news) return;
    std::visit(Overloaded{
                   [this](const Event& event) { model_.OnEvent(event); },
                   [this](const PageAnswer& a) { model_.OnPage(a.asked, a.answer); },
                   [this](const MembersAnswer& a) { model_.OnMembers(a.asked, a.answer); },
                   [this](const UsersAnswer& a) { model_.OnUsers(a.asked, a.answer); },
                   [this](const ResolveAnswer& a) { model_.OnResolved(a.asked, a.answer); },
               },
               *news);
  }
  box_.Wake();  // for the rest
}

void Program::OnSignal(int signal) {
  switch (signal) {
    case SIGWINCH:
      model_.OnResize(terminal_.size());
      return;
    case SIGTSTP:
      Suspend();
      return;
    case SIGCONT:
      // After a SIGSTOP, of which nobody is told, the shell has had the terminal.
      terminal_.Leave();
      terminal_.Enter();
      painter_.Forget();
      model_.OnResize(terminal_.size());
      return;
    default:
      End(Status::Ok());
  }
}

void Program::Suspend() {
  terminal_.Leave();
  signals_.StopProgram();
  terminal_.Enter();
  painter_.Forget();
  model_.OnResize(terminal_.size());
}

void Program::End(Status status) {
  if (std::exchange(ended_, true)) return;
  end_ = std::move(status);
}

template <class Asked, class Question>
void Program::Ask(Asked asked, Question question) {
  using Answer = std::invoke_result_t<Question&>;
  auto job = [this, asked, question]() mutable {
    Answer answer = question();
    box_.Push(Answered<Asked, typename Answer::value_type>{std::move(asked), std::move(answer)});
  };
  if (pool_.Submit(std::move(job))) return;
  const Answer busy = Unavailable("too much is asked for at once");
  box_.Push(Answered<Asked, typename Answer::value_type>{std::move(asked), busy});
}

void Program::Carry(Effect effect) {
  std::visit(
      Overloaded{
          [this](SendMessage& send) { connection_.Send(std::move(send.message)); },
          [this](const SayTyping& say) { connection_.SayTyping(say.conversation, say.active); },
          [this](const MarkRead& mark) { connection_.MarkRead(mark.conversation, mark.seq); },
          [this](WatchPresence& watch) { connection_.WatchPresence(std::move(watch.users)); },
          [this](const FetchPage& page) { Ask(page, [this, page] { return Load(api_, page); }); },
          [this](const FetchMembers& fetch) {
            Ask(fetch, [this, fetch] { return api_.Members(fetch.conversation); });
          },
          [this](const FetchUsers& fetch) {
            Ask(fetch, [this, fetch] { return api_.Users(fetch.users); });
          },
          [this](const Resolve& resolve) {
            Ask(resolve, [this, resolve] { return Find(api_, resolve.name); });
          },
          [this](const chat::Suspend&) { Suspend(); },
          [this](const Repaint&) { painter_.Forget(); },
          [this](const Quit& quit) { End(quit.status); },
      },
      effect);
}

std::vector<std::string> Program::Unsent() const {
  std::vector<std::string> lines;
  for (const auto& [id, talk] : model_.state().talks) {
    for (const Outgoing& outgoing : talk->timeline.outgoing()) {
      if (outgoing.state == Outgoing::State::kStored) continue;
      lines.push_back(fmt::format("not sent to {}: {}", talk->name, ForTerminal(outgoing.text)));
    }
    if (!talk->draft.empty()) {
      lines.push_back(
          fmt::format("not sent to {}: {}", talk->name, ForTerminal(talk->draft.text())));
    }
  }
  return lines;
}

}  // namespace parley::client::cli::chat
