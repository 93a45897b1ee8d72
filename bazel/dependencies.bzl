"""The repositories Postern builds with. Each is defined only if the embedding workspace has not defined it."""

load("//bazel:boringssl.bzl", "boringssl_repository")
load("//bazel:bundled_repository.bzl", "bundled_repository")
load("//bazel:system_library.bzl", "system_library")

def _unless_defined(rule, name, **kwargs):
    if not native.existing_rule(name):
        rule(name = name, **kwargs)

def postern_dependencies():
    """Defines what is missing. Debian's packages come from bazel/setup.sh."""
    _unless_defined(
        bundled_repository,
        "rules_cc",
        files = {
            Label("//bazel:empty.BUILD"): "BUILD.bazel",
            Label("//bazel:rules_cc/empty.BUILD"): "cc/BUILD.bazel",
            Label("//bazel:rules_cc/defs.bzl"): "cc/defs.bzl",
        },
    )
    _unless_defined(native.local_repository, "rules_java", path = "/usr/share/bazel/rules/java")
    _unless_defined(native.local_repository, "rules_proto", path = "/usr/share/bazel/rules/proto")
    _unless_defined(native.local_repository, "bazel_skylib", path = "/usr/share/bazel/tools/skylib")
    _unless_defined(native.local_repository, "platforms", path = "/usr/share/bazel/tools/platforms")
    _unless_defined(
        bundled_repository,
        "remote_coverage_tools",
        files = {
            Label("//bazel:coverage_tools/coverage_tools.BUILD"): "BUILD.bazel",
            Label("//bazel:coverage_tools/unused.sh"): "unused.sh",
        },
    )
    _unless_defined(boringssl_repository, "boringssl")
    _unless_defined(
        system_library,
        "com_google_absl",
        targets = {
            "absl/container:flat_hash_map": "absl_flat_hash_map",
            "absl/container:flat_hash_set": "absl_flat_hash_set",
            "absl/container:inlined_vector": "absl_inlined_vector",
            "absl/hash:hash": "absl_hash",
            "absl/status:status": "absl_status",
            "absl/status:statusor": "absl_statusor",
            "absl/strings:strings": "absl_strings",
        },
    )
    _unless_defined(
        system_library,
        "com_google_googletest",
        targets = {":gtest": "gmock", ":gtest_main": "gmock_main"},
    )
    _unless_defined(
        system_library,
        "com_github_google_benchmark",
        targets = {":benchmark": "benchmark", ":benchmark_main": "-lbenchmark_main benchmark"},
    )
    _unless_defined(system_library, "yaml-cpp", targets = {":yaml-cpp": "yaml-cpp"})
    _unless_defined(system_library, "com_googlesource_code_re2", targets = {":re2": "re2"})
    _unless_defined(system_library, "nghttp2", targets = {":nghttp2": "libnghttp2"})
    _unless_defined(system_library, "xxhash", targets = {":xxhash": "libxxhash"})

    # Only examples use these: an embedding workspace never fetches them. Asio is headers only, unknown to pkg-config.
    _unless_defined(system_library, "libuv", targets = {":libuv": "libuv"})
    _unless_defined(system_library, "asio", targets = {":asio": "-lpthread"})
    _unless_defined(
        native.new_local_repository,
        "llhttp",
        path = "/usr/share",
        build_file = str(Label("//bazel:llhttp/llhttp.BUILD")),
    )
