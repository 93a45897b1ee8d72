#!/usr/bin/env python3
"""Serves the quickstart and asks it with the clients that people use.

    bazel build //examples:quickstart && tests/integration/real_clients.py bazel-bin/examples/quickstart [--bytes N]

Loopback only, ports chosen by the system, each step bounded in time. A tool that is not installed is skipped aloud. The
last line counts what passed and failed.
"""

import argparse
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
HOST = "uk.bookinfo.com"
PORTS = (80, 443, 9080, 9443, 27017)


class Gateway:
    """The quickstart, serving."""

    def __init__(self, program):
        flags = [word for port in PORTS for word in ("--map-port", f"{port}=0")]
        self.process = subprocess.Popen([program, "--serve", *flags], stdout=subprocess.PIPE, text=True)
        self.ports = {}
        watchdog = threading.Timer(60, self.process.kill)
        watchdog.start()
        for line in self.process.stdout:
            found = re.match(r"\s+0\.0\.0\.0_(\d+)\s+on 127\.0\.0\.1:(\d+)", line)
            if found:
                self.ports[int(found.group(1))] = int(found.group(2))
            if line.startswith("serving"):
                break
        watchdog.cancel()
        if len(self.ports) != len(PORTS):
            sys.exit("FAILED: the quickstart does not serve")

    def memory(self, field):
        """Returns VmRSS or VmHWM, in KiB."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"{field}:\s+(\d+)", status).group(1))

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.stdout.read()
        return self.process.wait(timeout=20)


class Checks:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def check(self, what, good, seen=""):
        print(f"{'ok  ' if good else 'FAIL'} {what}{': ' + str(seen) if seen != '' else ''}", flush=True)
        self.passed += bool(good)
        self.failed += not good

    def has(self, tool):
        if shutil.which(tool):
            return True
        print(f"SKIPPED: {tool} is not installed", flush=True)
        self.skipped += 1
        return False


def run(words, stdin=None, seconds=60):
    """Returns what a command prints, on both of its outputs."""
    print(f"$ {' '.join(words)}", flush=True)
    done = subprocess.run(words, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=seconds)
    return done.stdout.decode(errors="replace")


def curl(gateway, port, path, *flags, scheme="https", host=HOST, seconds=60):
    real = gateway.ports[port]
    return run(["curl", "-sk", "--http1.1", "--connect-to", f"{host}:{port}:127.0.0.1:{real}", *flags,
                f"{scheme}://{host}:{port}{path}"], seconds=seconds)


def with_curl(gateway, checks):
    text = curl(gateway, 80, "/reviews/1", "-v", scheme="http")
    print("\n".join(line for line in text.splitlines() if line[:1] in "<>"))
    checks.check("port 80 answers 301", "< HTTP/1.1 301" in text and f"location: https://{HOST}/reviews/1" in text)

    text = curl(gateway, 443, "/reviews/[1-200]")
    prod, qa = text.count("reviews.prod."), text.count("reviews.qa.")
    checks.check("200 requests over TLS, 140 to 180 of them to prod",
                 prod + qa == 200 and 140 <= prod <= 180, f"{prod} to prod, {qa} to qa")
    text = curl(gateway, 443, "/ratings", "-H", "cookie: user=dev-123")
    checks.check("the cookie leads to qa on 7777", "reviews.qa.svc.cluster.local:7777 answers" in text)
    text = curl(gateway, 443, "/reviews", "-o", "/dev/null", "-w", "%{http_code}")
    checks.check("/reviews is not found", text == "404", text)
    text = curl(gateway, 443, "/reviews/1", "-w", "%{errormsg}", host="us.bookinfo.com")
    checks.check("an unknown name is closed", "answers" not in text and text, text)


def with_openssl(gateway, checks):
    base = ["openssl", "s_client", "-connect", f"127.0.0.1:{gateway.ports[443]}", "-servername"]
    text = run([*base, "us.bookinfo.com"], b"")
    checks.check("s_client with an unknown SNI gets no certificate", "no peer certificate available" in text)
    request = f"GET /reviews/1 HTTP/1.1\r\nhost: {HOST}\r\nconnection: close\r\n\r\n".encode()
    with tempfile.TemporaryDirectory() as folder:
        kept = os.path.join(folder, "session")
        for version in ("-tls1_2", "-tls1_3"):
            # -ign_eof: read what the server says until it closes, so that a ticket of TLS 1.3 is seen.
            first = run([*base, HOST, version, "-ign_eof", "-sess_out", kept], request)
            second = run([*base, HOST, version, "-ign_eof", "-sess_in", kept], request)
            seen = re.search(r"^(New|Reused), .*", second, re.MULTILINE)
            checks.check(f"s_client {version} resumes its session", "\nNew, " in first and "\nReused, " in second,
                         seen and seen.group(0))
            checks.check(f"and is answered {version}", "HTTP/1.1 200 OK" in second)


def with_netcat(gateway, checks):
    text = run(["nc", "-N", "-w", "5", "127.0.0.1", str(gateway.ports[27017])], b"find reviews\n", seconds=10)
    checks.check("nc sends, half-closes and reads the answer from mongo's port", text == "find reviews\n", repr(text))


def big_bodies(gateway, checks, size):
    """Memory is flat: the peak may grow by the buffers of a few connections, never by the body."""
    before = gateway.memory("VmRSS")
    for port, scheme, host in ((9080, "http", HOST), (443, "https", HOST)):
        text = curl(gateway, port, f"/reviews/down?bytes={size}", "-o", "/dev/null", "-w",
                    "%{size_download} bytes at %{speed_download} bytes/s", scheme=scheme, host=host, seconds=400)
        checks.check(f"download of {size} bytes, {scheme}", int(text.split()[0]) >= size, text)
        print(f"     RSS {before} KiB before, {gateway.memory('VmRSS')} KiB after, peak {gateway.memory('VmHWM')} KiB")
        real = gateway.ports[port]
        words = ["curl", "-sk", "--http1.1", "--connect-to", f"{host}:{port}:127.0.0.1:{real}", "-T", "-", "-X", "POST",
                 f"{scheme}://{host}:{port}/reviews/up"]
        print(f"$ head -c {size} /dev/zero | {' '.join(words)}")
        zeros = subprocess.Popen(["head", "-c", str(size), "/dev/zero"], stdout=subprocess.PIPE)
        text = subprocess.run(words, stdin=zeros.stdout, stdout=subprocess.PIPE, timeout=400).stdout.decode()
        zeros.wait()
        checks.check(f"upload of {size} bytes, {scheme}", f"received {size} bytes" in text)
        print(f"     RSS {before} KiB before, {gateway.memory('VmRSS')} KiB after, peak {gateway.memory('VmHWM')} KiB")
    grown = gateway.memory("VmHWM") - before
    checks.check("memory is flat: the peak is less than 16 MiB above the start", grown < 16 << 10, f"{grown} KiB more")


def with_load(gateway, checks):
    at = f"127.0.0.1:{gateway.ports[9080]}"
    if checks.has("h2load"):
        text = run(["h2load", "--h1", "-n", "5000", "-c", "16", f"--connect-to={at}", f"http://{HOST}/reviews/1"])
        print("\n".join(line for line in text.splitlines() if line.startswith(("finished", "requests:", "status"))))
        checks.check("h2load: 5000 requests succeed", "5000 succeeded, 0 failed, 0 errored" in text)
    if checks.has("wrk"):
        text = run(["wrk", "-t1", "-c16", "-d2s", "-H", f"Host: {HOST}", f"http://{at}/reviews/1"])
        print("\n".join(line for line in text.splitlines() if "requests" in line or "Non-2xx" in line))
        checks.check("wrk: no error", "Socket errors" not in text and "Non-2xx" not in text)


def with_languages(gateway, checks):
    ports = [str(gateway.ports[port]) for port in (80, 443, 9080)]
    for tool, words in (("python3", ["python3", "client.py"]), ("node", ["node", "client.js"]),
                        ("go", ["go", "run", "client.go"])):
        if not checks.has(tool):
            continue
        print(f"$ {' '.join(words)} {' '.join(ports)}", flush=True)
        done = subprocess.run([*words, *ports], cwd=HERE / "clients", stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=400)  # Go compiles first.
        text = done.stdout.decode(errors="replace").strip()
        checks.check(f"the client of {tool}", done.returncode == 0 and text.endswith("all as expected"), text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--bytes", type=int, default=1 << 30, help="of the big bodies")
    arguments = parser.parse_args()
    checks = Checks()
    gateway = Gateway(arguments.program)
    try:
        if checks.has("curl"):
            with_curl(gateway, checks)
            big_bodies(gateway, checks, arguments.bytes)
        if checks.has("openssl"):
            with_openssl(gateway, checks)
        if checks.has("nc"):
            with_netcat(gateway, checks)
        with_load(gateway, checks)
        with_languages(gateway, checks)
        start = time.monotonic()
        checks.check("SIGINT ends the gateway with exit code 0", gateway.stop() == 0, f"{time.monotonic() - start:.1f} s")
    finally:
        if gateway.process.poll() is None:
            gateway.process.kill()
    print(f"{checks.passed} passed, {checks.failed} failed, {checks.skipped} skipped")
    return 1 if checks.failed or not checks.passed else 0


if __name__ == "__main__":
    sys.exit(main())
