#include "lib/engine/stream_pool.h"

#include <algorithm>
#include <array>
#include <functional>
#include <span>
#include <utility>

#include "lib/engine/core.h"
#include "lib/engine/stream.h"

namespace postern {

StreamPool::StreamPool() = default;
StreamPool::~StreamPool() = default;

std::unique_ptr<Stream> StreamPool::Take(Core& core) {
  std::unique_ptr<Stream> stream;
  if (free_.empty()) {
    stream = std::make_unique<Stream>(core);
  } else {
    stream = std::move(free_.back());
    free_.pop_back();
  }
  stream->place = busy_.size();
  busy_.push_back(stream.get());
  return stream;
}

void StreamPool::Shed(Core& core) {
  // Where no stream held any, none needs to be asked again until there is more.
  const size_t used = core.chunks().bytes();
  if (used <= nothing_to_shed_at_) {
    nothing_to_shed_at_ = used;
    return;
  }
  std::array<Stream*, kMostShed> largest;
  const auto end = std::ranges::partial_sort_copy(busy_, largest, std::ranges::greater(),
                                                  &Stream::memory, &Stream::memory)
                       .out;
  size_t freed = 0;  // What they hold is given back once the host has heard of their end.
  for (Stream* stream : std::span(largest.begin(), end)) {
    const size_t memory = stream->memory();
    if (memory == 0 || !core.overload().sheds(freed)) break;
    freed += memory;
    stream->Shed();
  }
  nothing_to_shed_at_ = freed == 0 ? used : 0;
}

void StreamPool::Finish(Core& core, std::unique_ptr<Stream> stream) {
  busy_[stream->place] = busy_.back();
  busy_[stream->place]->place = stream->place;
  busy_.pop_back();
  finished_.push_back(std::move(stream));
  core.effects().Push([](Core& core, uint64_t /*subject*/) { core.streams().WriteNextLog(); }, 0);
}

void StreamPool::WriteNextLog() {
  // The one told before may be used again: its callback has returned.
  if (told_ != nullptr && free_.size() < kKept) {
    told_->Reset();
    free_.push_back(std::move(told_));
  }
  told_ = std::move(finished_[first_finished_++]);
  if (first_finished_ == finished_.size()) {
    finished_.clear();
    first_finished_ = 0;
  }
  told_->WriteLog();
}

}  // namespace postern
