// Requests that wait for a connection to one endpoint, the first come first served. How many may
// wait, and what is done when one's turn has come, is for the engine.

#ifndef POSTERN_UPSTREAM_PENDING_QUEUE_H_
#define POSTERN_UPSTREAM_PENDING_QUEUE_H_

#include <cassert>

namespace postern {

class PendingQueue;

// A PendingRequest stands in at most one queue, and leaves it when destroyed.
class PendingRequest {
 public:
  PendingRequest() = default;
  PendingRequest(const PendingRequest&) = delete;
  PendingRequest& operator=(const PendingRequest&) = delete;
  virtual ~PendingRequest() { Leave(); }

  // OnTurn says that there is a connection, or room for one. The request has left the queue.
  virtual void OnTurn() = 0;

  bool waits() const { return queue_ != nullptr; }
  void Leave();

 private:
  friend class PendingQueue;

  PendingQueue* queue_ = nullptr;
  PendingRequest* previous_ = nullptr;
  PendingRequest* next_ = nullptr;
};

// A PendingQueue borrows its requests. It moves only while it is empty.
class PendingQueue {
 public:
  PendingQueue() = default;
  PendingQueue([[maybe_unused]] PendingQueue&& other) noexcept { assert(other.empty()); }
  PendingQueue& operator=(PendingQueue&&) = delete;
  ~PendingQueue() {
    while (first_ != nullptr) first_->Leave();
  }

  bool empty() const { return first_ == nullptr; }

  // Add puts `request`, which waits in no queue, at the end.
  void Add(PendingRequest* request) {
    request->queue_ = this;
    request->previous_ = last_;
    (last_ == nullptr ? first_ : last_->next_) = request;
    last_ = request;
  }

  // Take returns the first; the queue must not be empty.
  PendingRequest* Take() {
    PendingRequest* request = first_;
    request->Leave();
    return request;
  }

 private:
  friend class PendingRequest;

  PendingRequest* first_ = nullptr;
  PendingRequest* last_ = nullptr;
};

inline void PendingRequest::Leave() {
  if (queue_ == nullptr) return;
  (previous_ == nullptr ? queue_->first_ : previous_->next_) = next_;
  (next_ == nullptr ? queue_->last_ : next_->previous_) = previous_;
  queue_ = nullptr;
  previous_ = next_ = nullptr;
}

}  // namespace postern

#endif  // POSTERN_UPSTREAM_PENDING_QUEUE_H_
