// How much memory the reading of one text may take, counted where it is taken. What happens to a
// text that would need more is for the callers.

#ifndef POSTERN_YAML_MEMORY_BUDGET_H_
#define POSTERN_YAML_MEMORY_BUDGET_H_

#include <cstddef>
#include <utility>
#include <vector>

namespace postern {

// A MemoryBudget is 20 times the text and 1 MiB, less what the parser itself may hold. Lists of
// `{}` and aliases would otherwise turn a few bytes of text into kilobytes of resources.
class MemoryBudget {
 public:
  MemoryBudget() = default;
  explicit MemoryBudget(size_t text_bytes) : left_(text_bytes * 18 + (size_t{768} << 10)) {}

  // Take counts `bytes` as taken, and says whether they were left. Once they were not, it is spent.
  bool Take(size_t bytes) {
    if (bytes > left_) {
      spent_ = true;
      left_ = 0;
      return false;
    }
    left_ -= bytes;
    return true;
  }

  // Give counts `bytes` as free again.
  void Give(size_t bytes) { left_ += bytes; }

  bool spent() const { return spent_; }

 private:
  size_t left_ = 0;
  bool spent_ = false;
};

// AddWithin adds `element` to `all`. It counts what the element takes twice: a vector that grows is
// there twice for a moment. It grows by a quarter, to have little to spare.
template <typename T>
void AddWithin(MemoryBudget* memory, T element, std::vector<T>* all) {
  memory->Take(2 * sizeof(T));
  if (all->size() == all->capacity()) all->reserve(all->size() + all->size() / 4 + 4);
  all->push_back(std::move(element));
}

}  // namespace postern

#endif  // POSTERN_YAML_MEMORY_BUDGET_H_
