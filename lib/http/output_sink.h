// The sink of lib/base by the name that this room's files include. All else is there.

#ifndef POSTERN_HTTP_OUTPUT_SINK_H_
#define POSTERN_HTTP_OUTPUT_SINK_H_

#include "lib/base/output_sink.h"  // IWYU pragma: export

#endif  // POSTERN_HTTP_OUTPUT_SINK_H_
