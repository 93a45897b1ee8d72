// Bytes of an HTTP/2 client against a whole Engine, with the outcome that h2_run.h gives of the
// codec alone.

#ifndef POSTERN_TESTS_WIRE_H2_ENGINE_RUN_H_
#define POSTERN_TESTS_WIRE_H2_ENGINE_RUN_H_

#include <string_view>

#include "tests/wire/h2_run.h"

namespace postern {

// RunH2Engine feeds `bytes` to a plaintext port of an Engine with the Edge set and the EDGE
// profile, whose one route takes everything to one upstream. Each request that got there whole is
// answered with an empty 200 when all bytes have come.
H2Outcome RunH2Engine(std::string_view bytes, const Cut& cut);

}  // namespace postern

#endif  // POSTERN_TESTS_WIRE_H2_ENGINE_RUN_H_
