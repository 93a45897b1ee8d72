#include "lib/base/chunk_list.h"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace postern {

Chunk* ChunkList::Tail(size_t size) {
  if (head_ < slices_.size()) {
    Chunk* chunk = slices_.back().chunk;
    const bool at_end = chunk != nullptr &&
                        slices_.back().data + slices_.back().size == chunk->data() + chunk->used;
    if (at_end && chunk->room() >= size) return chunk;
  }
  return pool_->Take(size);
}

void ChunkList::Extend(Chunk* chunk, size_t size) {
  const uint8_t* start = chunk->data() + chunk->used;
  chunk->used += static_cast<uint32_t>(size);
  size_ += size;
  if (head_ < slices_.size() && slices_.back().chunk == chunk &&
      slices_.back().data + slices_.back().size == start) {
    slices_.back().size += size;
    return;
  }
  ++chunk->refs;
  slices_.push_back({start, size, chunk});
}

void ChunkList::Append(ByteSpan bytes) {
  while (!bytes.empty()) {
    // What is left of the last chunk is filled first, so that small writes do not scatter.
    Chunk* chunk = Tail(1);
    if (chunk->used == 0 && chunk->refs == 0 && bytes.size() > chunk->room()) {
      pool_->Give(chunk);
      chunk = pool_->Take(bytes.size());
    }
    const size_t size = std::min<size_t>(bytes.size(), chunk->room());
    std::memcpy(chunk->data() + chunk->used, bytes.data(), size);
    Extend(chunk, size);
    bytes = bytes.subspan(size);
  }
}

void ChunkList::AppendLent(ByteSpan bytes) {
  if (bytes.empty()) return;
  slices_.push_back({bytes.data(), bytes.size(), nullptr});
  size_ += bytes.size();
  if (lent_++ == 0) Link();
}

void ChunkList::AppendFrom(ChunkList& other) {
  assert(other.pool_ == pool_ && &other != this);
  for (size_t i = other.head_; i < other.slices_.size(); ++i) {
    const Slice& slice = other.slices_[i];
    slices_.push_back(slice);
    if (slice.chunk == nullptr && lent_++ == 0) Link();
  }
  size_ += other.size_;
  if (other.lent_ != 0) other.Unlink();
  other.slices_.clear();
  other.head_ = other.size_ = 0;
  other.lent_ = 0;
}

std::span<uint8_t> ChunkList::Prepare(size_t size) {
  Chunk* chunk = Tail(size);
  // A new chunk is held by an empty slice until Commit.
  Extend(chunk, 0);
  return {chunk->data() + chunk->used, chunk->room()};
}

void ChunkList::Commit(size_t size) {
  assert(head_ < slices_.size() && slices_.back().chunk != nullptr);
  assert(size <= slices_.back().chunk->room());
  Extend(slices_.back().chunk, size);
  if (slices_.back().size == 0) {
    Drop(slices_.back().chunk);
    slices_.pop_back();
    if (head_ == slices_.size()) head_ = 0, slices_.clear();
  }
}

size_t ChunkList::Peek(std::span<ByteSpan> out) const {
  const size_t count = std::min(out.size(), slices_.size() - head_);
  for (size_t i = 0; i < count; ++i) {
    out[i] = {slices_[head_ + i].data, slices_[head_ + i].size};
  }
  return count;
}

ByteSpan ChunkList::At(size_t offset) const {
  for (size_t i = head_; i < slices_.size(); ++i) {
    if (offset < slices_[i].size) {
      return ByteSpan(slices_[i].data, slices_[i].size).subspan(offset);
    }
    offset -= slices_[i].size;
  }
  return {};
}

void ChunkList::Consume(size_t size) {
  assert(size <= size_);
  size = std::min(size, size_);
  size_ -= size;
  while (size > 0) {
    Slice& slice = slices_[head_];
    if (slice.size > size) {
      slice.data += size;
      slice.size -= size;
      break;
    }
    size -= slice.size;
    if (slice.chunk != nullptr) {
      Drop(slice.chunk);
    } else if (--lent_ == 0) {
      Unlink();
    }
    ++head_;
  }
  if (head_ == slices_.size()) {
    slices_.clear();
    head_ = 0;
  } else if (head_ >= 32 && head_ >= slices_.size() / 2) {
    slices_.erase(slices_.begin(), slices_.begin() + static_cast<ptrdiff_t>(head_));
    head_ = 0;
  }
}

void ChunkList::Trim() {
  if (head_ == slices_.size()) slices_ = {};
}

void ChunkList::Drop(Chunk* chunk) {
  if (--chunk->refs == 0) pool_->Give(chunk);
}

void ChunkList::Settle() {
  for (size_t i = head_; i < slices_.size() && lent_ > 0; ++i) {
    Slice& slice = slices_[i];
    if (slice.chunk != nullptr) continue;
    Chunk* chunk = pool_->Take(slice.size);
    std::memcpy(chunk->data(), slice.data, slice.size);
    chunk->used = static_cast<uint32_t>(slice.size);
    chunk->refs = 1;
    slice = {chunk->data(), slice.size, chunk};
    --lent_;
  }
  Unlink();
}

void ChunkList::Link() {
  next_lent_ = pool_->lent_;
  if (next_lent_ != nullptr) next_lent_->link_lent_ = &next_lent_;
  pool_->lent_ = this;
  link_lent_ = &pool_->lent_;
}

void ChunkList::Unlink() {
  if (link_lent_ == nullptr) return;
  *link_lent_ = next_lent_;
  if (next_lent_ != nullptr) next_lent_->link_lent_ = link_lent_;
  next_lent_ = nullptr;
  link_lent_ = nullptr;
}

}  // namespace postern
