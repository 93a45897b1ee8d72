// How one table of fields serves both ways: a function
//
//   template <typename F>
//   void VisitFields(F& fields, ModelOf<F, M>* message);
//
// names each field of the message M once. A FieldReader fills them, a FieldWriter writes them.

#ifndef POSTERN_YAML_MODEL_FIELDS_H_
#define POSTERN_YAML_MODEL_FIELDS_H_

#include <type_traits>

namespace postern {

// ModelOf is `M`, which a visitor that only looks must not change.
template <typename F, typename M>
using ModelOf = std::conditional_t<F::kOnlyLooks, const M, M>;

}  // namespace postern

#endif  // POSTERN_YAML_MODEL_FIELDS_H_
