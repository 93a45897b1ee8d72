// Counts the bytes that operator new holds, for tests and benchmarks that promise a limit. How
// often memory is asked for is tests/support/allocations.h's.

#ifndef POSTERN_TESTS_SUPPORT_HEAP_WATCH_H_
#define POSTERN_TESTS_SUPPORT_HEAP_WATCH_H_

#include <cstddef>

namespace postern {

// A HeapWatch counts from its making on. One at a time; the whole program is counted.
class HeapWatch {
 public:
  HeapWatch();

  // peak returns the most bytes that were held at once, and held those that are now, beyond those
  // held when the watch began. What malloc rounds up is counted.
  size_t peak() const;
  size_t held() const;

 private:
  size_t before_;
};

}  // namespace postern

#endif  // POSTERN_TESTS_SUPPORT_HEAP_WATCH_H_
