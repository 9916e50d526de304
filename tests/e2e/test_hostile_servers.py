"""Servers, proxies and networks that break HTTP: one clear line, the right code, in bounded time and memory."""

from __future__ import annotations

import gzip
import json
import secrets
from typing import TYPE_CHECKING

import pytest

from tests.cluster.scripted import raw, says, silence, status
from tests.e2e import hostile
from tests.e2e import hostile_cases as cases
from tests.e2e.hostile import GOOD, answers, closes, drips, floods, head, lists, resets, sends, zipped
from tests.e2e.hostile_cases import Case

if TYPE_CHECKING:
    import socket
    from concurrent.futures import Future

    from tests.cluster.scripted import Act

BODY = json.dumps(lists(GOOD)).encode()
LENGTH = f"Content-Length: {len(BODY)}"
CHUNKED = head("Transfer-Encoding: chunked")
CHUNK = b"%x\r\n%s\r\n" % (len(BODY), BODY)
ROW = "\nns          good   other   Released "

TIMEOUT = (
    "Unable to connect to the server: AT gave no answer in time (Client.Timeout exceeded); "
    "is it reachable from here? --request-timeout sets how long to wait"
)
CLOSED = "Unable to connect to the server: AT closed the connection before it had answered (EOF)"
BROKEN = "Unable to connect to the server: AT broke off in the middle of its answer (unexpected EOF)"
NO_HTTP = "error: AT sent no valid HTTP answer; is this a Kubernetes API server?"
NO_GZIP = "error: AT sent no valid HTTP answer: its gzip is damaged; is there a proxy in between?"
NO_KIND = "error: AT answered with no content type instead of JSON; is this a Kubernetes API server?"
TOO_LARGE = "error: the server's answer is larger than 128 MiB; ask for less of it, with -n or -l"
CUT = "error: the server's answer is no list of leases: Input data was truncated"
NO_END = "error: the server's list has no end: it continues where it has just continued"


def no_status(answer: str) -> str:
    return (
        f"error: AT answered GET /apis/coordination.k8s.io/v1/leases with {answer} and no Kubernetes Status; "
        "is this a Kubernetes API server, and no proxy in between?"
    )


def redirect(code: int) -> str:
    return (
        f"error: AT answered with a redirect ({code}), which is not followed: it would carry the credentials "
        "elsewhere; name the API server itself with --server"
    )


def page(line: str) -> Act:
    return says(line, "<html><h1>\x1b[31mno</h1></html>", kind="text/html")


def refusal(line: str, reason: str, message: str, *headers: str) -> Act:
    return says(line, status(int(line[:3]), reason, message), *headers)


def endless_pages(connection: socket.socket) -> None:
    answers(lists(continue_=secrets.token_hex(8)))(connection)


BUSY = ("429 Too Many Requests", "TooManyRequests", "slow down")
TOO_MANY = "Error from server (TooManyRequests): slow down"
MORE = answers(lists(GOOD, continue_="more"))
TOO_OLD = refusal("410 Gone", "Expired", "The provided continue parameter is too old")

CONNECTIONS = [
    Case("nobody listens", (), "The connection to the server AT was refused - did you specify the right host or port?"),
    Case("it accepts and says nothing", (silence,), TIMEOUT),
    Case("it accepts and closes", (closes(),), CLOSED),
    Case("it closes in the status line", (closes(b"HTTP/1.1 20"),), NO_HTTP),
    Case("it closes in the headers", (closes(b"HTTP/1.1 200 OK\r\nContent-Ty"),), BROKEN),
    Case("it closes in the body", (closes(head("Content-Length: 99") + b"{"),), BROKEN),
    Case("it resets", (resets(),), CLOSED),
    Case("it resets in the body", (resets(head("Content-Length: 99") + b"{"),), CLOSED),
    Case("it drips the status line", (drips(b"HTTP/1.1 200 "),), TIMEOUT),
    Case("it drips a header", (drips(b"HTTP/1.1 200 OK\r\nX: "),), TIMEOUT),
    Case("it drips headers without end", (drips(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),), TIMEOUT),
    Case("it drips the body", (drips(head() + b"{", b" "),), TIMEOUT),
    Case("it drips chunks", (drips(CHUNKED, b"1\r\n \r\n"),), TIMEOUT),
    Case("a request timeout of a second is a second", (silence,), TIMEOUT, flags=("--request-timeout=1s",), within_s=3.5),
    Case("its first answer breaks off and the second is good", (closes(head(LENGTH) + b"{"), answers(BODY)), "", ROW, code=0),
]  # fmt: skip
NOT_HTTP = [
    Case("a thousand headers", (answers(BODY, *[f"X-{n}: y" for n in range(1000)]),), NO_HTTP),
    Case("a header of 10 MB", (sends(b"HTTP/1.1 200 OK\r\nX: ", hostile.repeated(b"x", 10_000_000)),), NO_HTTP),
    Case("a status line of 10 MB", (sends(b"HTTP/1.1 200 ", hostile.repeated(b"x", 10_000_000)),), NO_HTTP),
    Case("a header line without a colon ends the headers", (closes(head("no header", LENGTH, kind="") + BODY),), NO_KIND),
    Case("HTTP/0.9", (closes(b"<html>hello</html>\r\n"),), NO_HTTP),
    Case("HTTP/2 frames", (closes(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64"),), NO_HTTP),
    Case("an HTTP/2 preface", (closes(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),), NO_HTTP),
    Case("a version that is not there", (closes(head(LENGTH, status="HTTP/7.0 200 OK") + BODY),), NO_HTTP),
    Case("an SSH banner", (raw(b"SSH-2.0-OpenSSH_9\r\n"),), NO_HTTP),
    Case("an SMTP banner", (raw(b"220 mail ESMTP\r\n"),), NO_HTTP),
    Case("a TLS alert", (closes(b"\x15\x03\x01\x00\x02\x02\x46"),), "error: AT speaks https; the server's URL has to begin with https://"),
    Case("TLS that knows what is asked of it", (says("400 Bad Request", "Client sent an HTTP request to an HTTPS server.\n", kind="text/plain"),), "error: AT speaks https; the server's URL has to begin with https://"),
    Case("a status that is no number", (closes(head(status="HTTP/1.1 abc OK")),), NO_HTTP),
]  # fmt: skip
CODES = [
    Case("100 without end", (floods(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),), TIMEOUT),
    Case("101", (raw(head("Upgrade: h2c", status="HTTP/1.1 101 Switching Protocols")),), no_status("101 Switching Protocols")),
    Case("103 before the answer", (raw(b"HTTP/1.1 103 Early Hints\r\n\r\n" + head(LENGTH) + BODY),), "", ROW, code=0),
    Case("204", (raw(head(status="HTTP/1.1 204 No Content")),), no_status("204 No Content")),
    Case("206", (says("206 Partial Content", lists(GOOD)),), no_status("206 Partial Content")),
    Case("301 to another host", (says("301 Moved Permanently", "", "Location: http://127.0.0.1:1/x"),), redirect(301)),
    Case("302 to itself", (says("302 Found", "", "Location: /apis/coordination.k8s.io/v1/leases"),), redirect(302)),
    Case("304", (raw(head(status="HTTP/1.1 304 Not Modified")),), no_status("304 Not Modified")),
    Case("400", (refusal("400 Bad Request", "BadRequest", "no"),), "Error from server (BadRequest): no"),
    Case("401 as text", (says("401 Unauthorized", "Unauthorized\n", kind="text/plain"),), "error: You must be logged in to the server (Unauthorized)"),
    Case("401", (refusal("401 Unauthorized", "Unauthorized", "Unauthorized"),), "error: You must be logged in to the server (Unauthorized)"),
    Case("403", (refusal("403 Forbidden", "Forbidden", 'leases is forbidden: User "x"'),), 'Error from server (Forbidden): leases is forbidden: User "x"'),
    Case("404 as a page", (page("404 Not Found"),), no_status("404 Not Found")),
    Case("409", (refusal("409 Conflict", "Conflict", "changed"),), "Error from server (Conflict): changed"),
    Case("410", (refusal("410 Gone", "Expired", "too old"),), "Error from server (Expired): too old"),
    Case("418", (says("418 I'm a teapot", "short and stout", kind="text/plain"),), no_status("418 I'm a teapot")),
    Case("429 to be tried again at once", (refusal(*BUSY, "Retry-After: 0"),), TOO_MANY),
    Case("429 to be tried again in an hour", (refusal(*BUSY, "Retry-After: 3600"),), TOO_MANY),
    Case("429 to be tried again at no time", (refusal(*BUSY, "Retry-After: soon"),), TOO_MANY),
    Case("429 to be tried again after the end of time", (refusal(*BUSY, "Retry-After: " + "9" * 5000),), TOO_MANY),
    Case("500", (refusal("500 Internal Server Error", "InternalError", "etcd"),), "Error from server (InternalError): etcd"),
    Case("502 as a page", (page("502 Bad Gateway"),), no_status("502 Bad Gateway")),
    Case("503 and then a good answer", (refusal("503 Service Unavailable", "ServiceUnavailable", "starting"), answers(BODY)), "", ROW, code=0),
    Case("504 as a page", (page("504 Gateway Timeout"),), no_status("504 Gateway Timeout")),
    Case("999 with a reason that moves the cursor", (closes(head(status="HTTP/1.1 999 \x1b[31mred\x9b")),), no_status(r"999 \x1b[31mredÂ\x9b")),
]  # fmt: skip
LENGTHS = [
    Case("a length too small", (sends(head("Content-Length: 20") + BODY),), CUT),
    Case("a length too large and an end", (closes(head("Content-Length: 999") + BODY),), BROKEN),
    Case("a length too large and no end", (raw(head("Content-Length: 999") + BODY),), TIMEOUT),
    Case("a length below zero", (raw(head("Content-Length: -5") + BODY),), NO_HTTP),
    Case("a length that is no number", (closes(head("Content-Length: many") + BODY),), NO_HTTP),
    Case("two lengths that differ", (closes(head(LENGTH, "Content-Length: 20") + BODY),), NO_HTTP),
    Case("a chunk size that is no number", (closes(CHUNKED + b"zz\r\n" + BODY),), BROKEN),
    Case("a chunk size below zero", (closes(CHUNKED + b"-5\r\n" + BODY),), NO_HTTP),
    Case("a chunk size of 2**64", (closes(CHUNKED + b"FFFFFFFFFFFFFFFF\r\n" + BODY),), BROKEN),
    Case("chunks without the last", (closes(CHUNKED + CHUNK),), BROKEN),
    Case("chunks without end", (floods(CHUNKED, b"10000\r\n" + b" " * 65536 + b"\r\n"),), TOO_LARGE, flags=(), within_s=15),
    Case("small chunks without end", (floods(CHUNKED, b"1\r\n \r\n" * 1000),), TIMEOUT),
    Case("a chunk's extension without end", (floods(CHUNKED + b"1;", b"x" * 65536),), NO_HTTP),
    Case("trailers without end", (floods(CHUNKED + CHUNK + b"0\r\n", b"X: y\r\n" * 1000),), TIMEOUT),
    Case("chunks beside a length count", (closes(head("Transfer-Encoding: chunked", "Content-Length: 5") + CHUNK + b"0\r\n\r\n"),), "", ROW, code=0),
    Case("a body without end", (floods(head() + b"{", b" " * 65536),), TOO_LARGE, flags=(), within_s=15),
    Case("an error's body without end", (floods(head(status="HTTP/1.1 403 no") + b"{", b" " * 65536),), TOO_LARGE, flags=(), within_s=15),
    Case("300 MB announced and sent", (floods(head("Content-Length: 314572800") + b"{", b" " * 65536),), TOO_LARGE, flags=(), within_s=15),
    Case("300 MB announced and not sent", (raw(head("Content-Length: 314572800") + b"{"),), TIMEOUT),
]  # fmt: skip
KINDS = [
    Case("a page instead of JSON", (says("200 OK", "<html>", kind="text/html"),), "error: AT answered with text/html instead of JSON; is this a Kubernetes API server?"),
    Case("no content type", (closes(head(LENGTH, kind="") + BODY),), NO_KIND),
    Case("protobuf", (says("200 OK", b"k8s\0\n", kind="application/vnd.kubernetes.protobuf"),), "error: AT answered with application/vnd.kubernetes.protobuf instead of JSON; is this a Kubernetes API server?"),
    Case("a content type that moves the cursor", (says("200 OK", "", kind="text/\x1b[31m"),), r"error: AT answered with text/\x1b[31m instead of JSON; is this a Kubernetes API server?"),
    Case("a gzip bomb", (hostile.bomb(300),), TOO_LARGE, flags=(), within_s=15),
    Case("gzip announced and not sent", (zipped(BODY),), NO_GZIP),
    Case("gzip whose checksum is wrong", (zipped(gzip.compress(BODY)[:-8] + b"12345678"),), NO_GZIP),
    Case("gzip that breaks off", (zipped(gzip.compress(BODY)[:-9]),), BROKEN),
    Case("gzip of two members", (zipped(gzip.compress(BODY[:20]) + gzip.compress(BODY[20:])),), "", ROW, code=0),
    Case("packed in a way that nobody asked for", (answers(b"\x0b\x02\x80{}\x03", "Content-Encoding: br"),), "error: the server's answer is packed as br, which nobody asked for; is there a proxy in between?"),
]  # fmt: skip
PAGES = [
    Case("pages without end", (endless_pages,), "error: the server's list has more than 1000 pages; ask for less of it, with -n or -l", flags=(), within_s=15),
    Case("the same continue token for ever", (MORE,), NO_END),
    Case("pages that expired half-way are read anew", (MORE, TOO_OLD, answers(BODY)), "", ROW, code=0),
    Case("pages that expire each time", (MORE, TOO_OLD, MORE, TOO_OLD), "error: the pages of the server's list expired twice while they were read; ask for less of it, with -n or -l"),
    Case("a refusal between pages", (MORE, page("404 Not Found")), no_status("404 Not Found")),
    Case("a continue token of escapes stays within the query", (answers(lists(continue_="\x1b[31m\r\nX: y &a=b é")), answers(BODY)), "", ROW, code=0),
]  # fmt: skip
DATES = [
    Case("a date that is none", (answers(BODY, "Date: yesterday"),), "", ROW, code=0),
    Case("a date in a year that no clock shows", (answers(BODY, "Date: Fri, 31 Dec 9999 23:59:59 GMT"),), "", ROW, code=0),
    Case("a date far off", (answers(BODY, "Date: Sat, 21 Nov 2150 06:00:00 GMT"),), "warning: the server's clock is +…s (±…s) from this machine's; judged by the server's", ROW, code=0),
    Case("no date", (sends(head(LENGTH) + BODY),), "", ROW, code=0),
]  # fmt: skip
CASES = [*CONNECTIONS, *NOT_HTTP, *CODES, *LENGTHS, *KINDS, *PAGES, *DATES]


@pytest.mark.parametrize("case", cases.marked(CASES))
def test_a_server_that_breaks_http_is_one_clear_line(case: Case, played: dict[str, Future[None]]) -> None:
    played[case.name].result()
