#include "lib/engine/stream_pool.h"

#include <algorithm>
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
  size_t freed = 0;  // What they hold is given back once the host has heard of their end.
  for (int i = 0; i < kMostShed && core.overload().sheds(freed); ++i) {
    const auto largest = std::ranges::max_element(busy_, {}, &Stream::memory);
    if (largest == busy_.end() || (*largest)->memory() == 0) return;
    freed += (*largest)->memory();
    (*largest)->Shed();
  }
}

void StreamPool::Finish(Core& core, std::unique_ptr<Stream> stream) {
  busy_[stream->place] = busy_.back();
  busy_[stream->place]->place = stream->place;
  busy_.pop_back();
  const auto subject = reinterpret_cast<uint64_t>(stream.get());
  finished_.push_back(std::move(stream));
  core.effects().Push(
      [](Core& core, uint64_t subject) {
        StreamPool& pool = core.streams();
        // Those told before may be used again: their callbacks have returned.
        for (std::unique_ptr<Stream>& stream : pool.told_) {
          if (pool.free_.size() >= kKept) break;
          stream->Reset();
          pool.free_.push_back(std::move(stream));
        }
        pool.told_.clear();
        auto* stream = reinterpret_cast<Stream*>(subject);
        for (size_t i = 0; i < pool.finished_.size(); ++i) {
          if (pool.finished_[i].get() != stream) continue;
          pool.told_.push_back(std::move(pool.finished_[i]));
          pool.finished_.erase(pool.finished_.begin() + static_cast<ptrdiff_t>(i));
          break;
        }
        stream->TellLog();
      },
      subject);
}

}  // namespace postern
