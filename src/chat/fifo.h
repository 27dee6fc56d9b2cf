#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>

#include <boost/circular_buffer.hpp>

namespace parley::chat {

/// A queue in one block of memory that doubles when it is full: what comes and goes all the time
/// takes nothing from the heap, and an empty one holds nothing. (std::deque takes two blocks even
/// when it is empty, and one for each element that is large.)
template <class T>
class Fifo : private boost::circular_buffer<T> {
  using Buffer = boost::circular_buffer<T>;

 public:
  using Buffer::back;
  using Buffer::begin;
  using Buffer::empty;
  using Buffer::end;
  using Buffer::front;
  using Buffer::size;
  using typename Buffer::const_iterator;
  using typename Buffer::iterator;
  using Buffer::operator[];
  using Buffer::clear;

  void push_back(T&& value) {
    Grow();
    Buffer::push_back(std::move(value));
  }
  void push_back(const T& value) { push_back(T(value)); }
  void push_front(T&& value) {
    Grow();
    Buffer::push_front(std::move(value));
  }
  void pop_front() {
    Buffer::pop_front();
    // What only a burst needed goes back.
    if (this->empty() && this->capacity() > kKept) this->set_capacity(0);
  }

 private:
  static constexpr std::size_t kFirst = 2;
  static constexpr std::size_t kKept = 16;

  void Grow() {
    if (this->full()) this->set_capacity(std::max(kFirst, 2 * this->capacity()));
  }
};

}  // namespace parley::chat
