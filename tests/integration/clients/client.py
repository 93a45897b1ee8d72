"""The requests of the quickstart from Python's own http.client. Arguments: the ports of 80, 443 and 9080."""

import http.client
import socket
import ssl
import sys

HOST = "uk.bookinfo.com"
plain, tls, wildcard = map(int, sys.argv[1:4])


def expect(what, seen, wanted):
    if seen != wanted:
        sys.exit(f"{what}: {seen!r}, not {wanted!r}")


def ask(connection, method, path, **more):
    connection.request(method, path, headers={"host": HOST, **more.get("headers", {})}, body=more.get("body"),
                       encode_chunked=more.get("chunked", False))
    answer = connection.getresponse()
    return answer, answer.read().decode()


class NamedTls(http.client.HTTPConnection):
    """TLS to the loopback address, with the name that is asked for."""

    def connect(self):
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self.sock = context.wrap_socket(socket.create_connection((self.host, self.port), 10), server_hostname=HOST)


answer, _ = ask(http.client.HTTPConnection("127.0.0.1", plain, timeout=10), "GET", "/reviews/1")
expect("port 80", (answer.status, answer.getheader("location")), (301, f"https://{HOST}/reviews/1"))

kept = NamedTls("127.0.0.1", tls, timeout=10)
for i in range(50):
    answer, body = ask(kept, "GET", f"/reviews/{i}")
    expect("keep-alive", (answer.status, body.endswith(f"answers GET /reviews/{i}\n")), (200, True))
answer, body = ask(kept, "GET", "/ratings", headers={"cookie": "user=dev-123"})
expect("cookie", body, "reviews.qa.svc.cluster.local:7777 answers GET /ratings\n")
expect("not found", ask(kept, "GET", "/reviews")[0].status, 404)
answer, body = ask(kept, "HEAD", "/reviews/1")
expect("HEAD", (answer.status, body), (200, ""))

upload = http.client.HTTPConnection("127.0.0.1", wildcard, timeout=10)
expect("body", ask(upload, "POST", "/reviews/1", body=b"x" * 100000)[1].splitlines()[1], "received 100000 bytes")
chunks = (b"y" * 1000 for _ in range(100))
chunked = ask(upload, "POST", "/reviews/1", body=chunks, chunked=True, headers={"transfer-encoding": "chunked"})
expect("chunked body", chunked[1].splitlines()[1], "received 100000 bytes")
print("all as expected")
