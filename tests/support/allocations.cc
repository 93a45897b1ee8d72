#include "tests/support/allocations.h"

#include <malloc.h>

#include <cerrno>
#include <cstddef>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define POSTERN_SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define POSTERN_SANITIZED
#endif
#endif

namespace {

constinit thread_local uint64_t count = 0;
constinit thread_local int64_t live = 0;

}  // namespace

namespace postern {

uint64_t Allocations() { return count; }
int64_t LiveBytes() { return live; }

}  // namespace postern

#ifndef POSTERN_SANITIZED

// The program's own definitions come before those of the C library, for each library it loads too;
// glibc's are still there under other names.
extern "C" {

void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* old, size_t size);
void* __libc_memalign(size_t alignment, size_t size);
void __libc_free(void* pointer);

static void* Counted(void* pointer) {
  ++count;
  live += static_cast<int64_t>(malloc_usable_size(pointer));
  return pointer;
}

void* malloc(size_t size) { return Counted(__libc_malloc(size)); }
void* calloc(size_t members, size_t size) { return Counted(__libc_calloc(members, size)); }
void* aligned_alloc(size_t alignment, size_t size) {
  return Counted(__libc_memalign(alignment, size));
}

void* realloc(void* old, size_t size) {
  live -= static_cast<int64_t>(malloc_usable_size(old));
  return Counted(__libc_realloc(old, size));
}

int posix_memalign(void** out, size_t alignment, size_t size) {
  *out = aligned_alloc(alignment, size);
  return *out == nullptr ? ENOMEM : 0;
}

void free(void* pointer) {
  live -= static_cast<int64_t>(malloc_usable_size(pointer));
  __libc_free(pointer);
}

}  // extern "C"

#endif
