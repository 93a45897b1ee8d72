# The rooms of the library, in the order of lib/README.md.
ROOMS = [
    "//lib/base",
    "//lib/model",
    "//lib/yaml",
    "//lib/match",
    "//lib/validate",
    "//lib/tls",
    "//lib/http",
    "//lib/snapshot",
    "//lib/compile",
    "//lib/compile:credentials",
    "//lib/upstream",
    "//lib/engine",
]
