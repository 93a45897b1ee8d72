"""How the targets of Postern are compiled."""

# No exception leaves lib/yaml, the one room that catches yaml-cpp's: everything else is compiled without them.
COPTS = ["-fno-exceptions", "-fno-semantic-interposition"]

def postern_library(name, copts = COPTS, visibility = ["//:__subpackages__"], **kwargs):
    """One room of lib/: a cc_library without exceptions, visible to this workspace only."""
    native.cc_library(name = name, copts = copts, visibility = visibility, **kwargs)
