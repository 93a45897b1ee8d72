"""The rules of the house that a text can show: which room may include what."""

import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(sys.argv.pop(1)) if len(sys.argv) > 1 else pathlib.Path(".")

# design: a room may include only those before it.
ROOMS = ["base", "model", "yaml", "match", "validate", "tls", "http", "snapshot", "compile", "upstream", "engine"]

# The one room of each third-party library. Abseil and std are everywhere.
OWNERS = [
    (re.compile(r"yaml-cpp/"), "yaml"),
    (re.compile(r"re2/"), "match"),
    (re.compile(r"openssl/"), "tls"),
    (re.compile(r"llhttp"), "http"),
    (re.compile(r"nghttp2/"), "http"),
    (re.compile(r"xxh"), "upstream"),
]

STD = re.compile(r"^<[a-z_0-9]+>$")
# What the rooms of protocols know nothing of.
CONFIGURATION = re.compile(r'"postern/(config|gateway|virtual_service|destination_rule|service_entry|kubernetes|snapshot|engine)\.h"')
FILES = re.compile(r"<(fstream|filesystem|fcntl\.h|dirent\.h|sys/stat\.h|unistd\.h)>")
OUTSIDE = re.compile(r"<(sys/(socket|epoll|time|select)|netinet/|arpa/|poll\.h|thread|mutex|condition_variable|iostream|print|syncstream)")


def includes(path):
    """Yields (line number, included) of the file, with its brackets or quotes."""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        found = re.match(r'\s*#\s*include\s+(<[^>]+>|"[^"]+")', line)
        if found:
            yield number, found.group(1)


def sources(folder):
    files = sorted(p for p in (ROOT / folder).rglob("*") if p.suffix in (".h", ".cc"))
    assert files, "no sources under " + folder
    return files


class HouseTest(unittest.TestCase):
    def check(self, bad):
        self.assertEqual([], bad, "\n" + "\n".join(bad))

    def test_rooms_include_only_earlier_rooms(self):
        bad = []
        for path in sources("lib"):
            room = path.relative_to(ROOT).parts[1]
            self.assertIn(room, ROOMS)
            for line, name in includes(path):
                other = re.match(r'"lib/([^/]+)/', name)
                if other and ROOMS.index(other.group(1)) > ROOMS.index(room):
                    bad.append(f"{path}:{line}: {room} includes {name}")
        self.check(bad)

    def test_each_library_has_one_room(self):
        bad = []
        for path in sources("lib"):
            room = path.relative_to(ROOT).parts[1]
            for line, name in includes(path):
                bad += [f"{path}:{line}: {name} belongs to {owner}"
                        for pattern, owner in OWNERS if pattern.match(name[1:-1]) and owner != room]
        self.check(bad)

    def test_protocols_know_no_configuration(self):
        self.check([f"{path}:{line}: {name}" for room in ("tls", "http") for path in sources("lib/" + room)
                    for line, name in includes(path) if CONFIGURATION.match(name)])

    def test_public_headers_include_only_std_status_and_each_other(self):
        bad = []
        for path in sources("include"):
            for line, name in includes(path):
                own = name.startswith('"postern/') or name.startswith('"absl/status/')
                if not own and not STD.match(name):
                    bad.append(f"{path}:{line}: {name}")
        self.check(bad)

    def test_files_are_read_in_one_source_file(self):
        reading = {str(path.relative_to(ROOT)) for path in sources("lib")
                   for _, name in includes(path) if FILES.match(name)}
        self.assertLessEqual(reading, {"lib/base/file.cc"})

    def test_the_library_includes_nothing_of_the_outside(self):
        self.check([f"{path}:{line}: {name}" for path in sources("lib")
                    for line, name in includes(path) if OUTSIDE.match(name)])

    def test_the_objects_of_each_room_are_looked_at(self):
        looked_at = (ROOT / "bazel/rooms.bzl").read_text()
        self.check([f"{path.parent}: not in symbols_test" for path in sorted((ROOT / "lib").glob("*/BUILD.bazel"))
                    if f'"//lib/{path.parent.name}' not in looked_at])

    def test_exceptions_are_caught_in_one_place(self):
        bad = [str(path) for path in sources("lib")
               if re.search(r"\b(catch|throw)\s*[(;]|\bthrow\s+\w", re.sub(r"//.*", "", path.read_text()))
               and str(path.relative_to(ROOT)) != "lib/yaml/document.cc"]
        self.check(bad)


if __name__ == "__main__":
    unittest.main()
