#!/usr/bin/env python3
"""CPU per request, end to end, beside nginx, HAProxy and Envoy.

    bazel build //examples:quickstart
    benchmarks/e2e/run.py bazel-bin/examples/quickstart [--rounds N] [--seconds N] [--envoy PATH]

Each proxy has core 0 to itself; the load (wrk) and the backend share core 1. In each round every proxy is loaded once,
in an order that moves by one from round to round; CPU is the kernel's own account of the proxy's threads. Ratios are of
one round, to Postern. Proxies that are not installed are left out aloud. Loopback only, ports chosen by the system.
"""

import argparse
import pathlib
import re
import shutil
import socket
import statistics
import string
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
PROXY_CORE, LOAD_CORE = "0", "1"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Template(string.Template):
    pattern = r"@(?:(?P<named>[A-Z]+)@|(?P<escaped>@@)|(?P<braced>\{\})|(?P<invalid>\{\{))"


class Proxy:
    """A program under load, on two ports."""

    def __init__(self, name, folder, backend, command, config):
        self.name = name
        self.ports = {"plaintext": free_port(), "TLS": free_port()}
        path = folder / config
        path.write_text(Template((HERE / config).read_text()).substitute(
            FOLDER=folder, BACKEND=backend, PLAIN=self.ports["plaintext"], TLS=self.ports["TLS"]))
        words = [word.format(config=path, plain=self.ports["plaintext"], tls=self.ports["TLS"]) for word in command]
        self.process = start(PROXY_CORE, words, folder / f"{name}.log")
        for port in self.ports.values():
            wait_for(port, self.process)

    def cpu(self):
        """Returns the seconds that all its threads have run."""
        tasks = pathlib.Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


def start(core, words, log):
    with log.open("w") as out:
        return subprocess.Popen(["taskset", "-c", core, *words], stdout=out, stderr=out)


def wait_for(port, process):
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    sys.exit(f"FAILED: nobody listens on {port}")


def load(proxy, mode, seconds, connections):
    """Returns microseconds of CPU per request, and requests per second."""
    scheme = "https" if mode == "TLS" else "http"
    words = ["taskset", "-c", LOAD_CORE, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s",
             f"{scheme}://127.0.0.1:{proxy.ports[mode]}/reviews/1"]
    before = proxy.cpu()
    text = subprocess.run(words, stdout=subprocess.PIPE, text=True, timeout=seconds + 30).stdout
    used = proxy.cpu() - before
    requests = int(re.search(r"(\d+) requests in", text).group(1))
    if "Non-2xx" in text or "Socket errors" in text or requests == 0:
        sys.exit(f"FAILED: {proxy.name}, {mode}:\n{text}")
    return used / requests * 1e6, requests / seconds


def proxies(arguments, folder, backend):
    commands = [
        ("postern", [arguments.program, "--serve", "--config", "{config}", "--map-port", "8000={plain}", "--map-port",
                     "8001={tls}", "--upstream", f"backend.bench.svc.cluster.local:80=127.0.0.1:{backend}"],
         "postern.yaml"),
        ("nginx", ["nginx", "-c", "{config}"], "nginx.conf"),
        ("haproxy", ["haproxy", "-db", "-f", "{config}"], "haproxy.cfg"),
        ("envoy", [arguments.envoy, "-c", "{config}", "--concurrency", "1", "-l", "error"], "envoy.yaml"),
    ]
    for name, command, config in commands:
        if shutil.which(command[0]) is None:
            print(f"SKIPPED: {name} is not installed")
            continue
        yield Proxy(name, folder, backend, command, config)


def spread(values):
    return f"{statistics.median(values):.2f} ({min(values):.2f}-{max(values):.2f})"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--envoy", default="envoy")
    arguments = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("wrk makes the load, and is not installed")
    arguments.program = str(pathlib.Path(arguments.program).resolve())
    running = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
                        "2", "-subj", "/CN=bench", "-addext", "subjectAltName=DNS:bench", "-keyout", folder / "key.pem", "-out",
                        folder / "certificate.pem"], check=True, stderr=subprocess.DEVNULL)
        both = (folder / "certificate.pem").read_text() + (folder / "key.pem").read_text()
        (folder / "both.pem").write_text(both)
        backend = free_port()
        try:
            running.append(start(LOAD_CORE, [arguments.program, "--serve", "--config", str(HERE / "backend.yaml"),
                                             "--map-port", f"8002={backend}"], folder / "backend.log"))
            wait_for(backend, running[0])
            tried = []
            for proxy in proxies(arguments, folder, backend):
                tried.append(proxy)
                running.append(proxy.process)
            for mode in ("plaintext", "TLS"):
                measure(tried, mode, arguments)
        finally:
            for process in running:
                process.kill()
                process.wait()
    return 0


def measure(tried, mode, arguments):
    cpu = {proxy.name: [] for proxy in tried}
    rate = {proxy.name: [] for proxy in tried}
    for proxy in tried:
        load(proxy, mode, 1, arguments.connections)
    for turn in range(arguments.rounds):
        shift = turn % len(tried)
        for proxy in tried[shift:] + tried[:shift]:
            used, speed = load(proxy, mode, arguments.seconds, arguments.connections)
            cpu[proxy.name].append(used)
            rate[proxy.name].append(speed)
    print(f"\nHTTP/1.1, {mode}, {arguments.connections} connections, {arguments.rounds} rounds of {arguments.seconds} s: "
          "median (min-max)")
    print(f"{'':10} {'CPU us/request':>22} {'to postern':>22} {'requests/s':>12}")
    for name, used in cpu.items():
        ratios = [one / ours for one, ours in zip(used, cpu["postern"])]
        print(f"{name:10} {spread(used):>22} {spread(ratios):>22} {statistics.median(rate[name]):>12.0f}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
