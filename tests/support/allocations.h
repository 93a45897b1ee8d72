// Counts calls of the allocator, for tests and benchmarks that promise to make none.

#ifndef POSTERN_TESTS_SUPPORT_ALLOCATIONS_H_
#define POSTERN_TESTS_SUPPORT_ALLOCATIONS_H_

#include <cstdint>

namespace postern {

// Allocations returns how many times this thread has asked for memory, whoever asked: malloc and
// its kin, operator new, C libraries. A sanitizer build has an allocator of its own: always 0.
uint64_t Allocations();

// LiveBytes returns how many bytes this thread has asked for and not given back, as the allocator
// rounds them up; what goes to another thread distorts it. A sanitizer build: always 0.
int64_t LiveBytes();

}  // namespace postern

#endif  // POSTERN_TESTS_SUPPORT_ALLOCATIONS_H_
