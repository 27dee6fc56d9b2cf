#pragma once

#include <cassert>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/status.h"

namespace parley {

/// A value, or the reason why there is none. Never holds an OK status.
///
///   Result<User> user = FindUser(name);
///   if (!user.ok()) return user.status();
///   Greet(*user);
template <class T>
class [[nodiscard]] Result {
  static_assert(!std::is_same_v<std::remove_cv_t<T>, Status>, "return Status itself");

 public:
  using value_type = T;

  Result(T value) : state_(std::move(value)) {}
  Result(Status status) : state_(std::move(status)) {
    assert(!std::get<Status>(state_).ok() && "an OK result needs a value");
  }
  template <class U>
    requires(std::is_constructible_v<T, U &&> && !std::is_same_v<std::remove_cvref_t<U>, T> &&
             !std::is_same_v<std::remove_cvref_t<U>, Status> &&
             !std::is_same_v<std::remove_cvref_t<U>, Result>)
  Result(U&& value) : state_(std::in_place_type<T>, std::forward<U>(value)) {}

  bool ok() const { return std::holds_alternative<T>(state_); }
  Status status() const { return ok() ? Status::Ok() : std::get<Status>(state_); }

  /// The value; only where ok().
  const T& value() const& { return Get(*this); }
  T& value() & { return Get(*this); }
  T&& value() && { return std::move(Get(*this)); }
  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }

 private:
  template <class Self>
  static auto& Get(Self& self) {
    assert(self.ok() && "the result holds an error");
    return *std::get_if<T>(&self.state_);
  }

  std::variant<T, Status> state_;
};

}  // namespace parley

#define PARLEY_CONCAT_INNER_(a, b) a##b
#define PARLEY_CONCAT_(a, b) PARLEY_CONCAT_INNER_(a, b)

/// `PARLEY_ASSIGN(auto user, FindUser(name));` declares and assigns, or returns the error.
#define PARLEY_ASSIGN(declaration, expr) \
  PARLEY_ASSIGN_(PARLEY_CONCAT_(parley_result_, __LINE__), return, declaration, expr)
/// The same in a coroutine: `PARLEY_CO_ASSIGN(auto user, co_await store.GetUser(id));`
#define PARLEY_CO_ASSIGN(declaration, expr) \
  PARLEY_ASSIGN_(PARLEY_CONCAT_(parley_result_, __LINE__), co_return, declaration, expr)
#define PARLEY_ASSIGN_(result, leave, declaration, expr) \
  auto result = (expr);                                  \
  if (!result.ok()) {                                    \
    leave result.status();                               \
  }                                                      \
  declaration = *std::move(result)
