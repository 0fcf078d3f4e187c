"""The one door to the network: libcurl's multi interface in one thread.

Every connection is checked against the guard at the moment it is opened, on the address itself,
so neither a redirect nor a changing DNS answer nor an odd spelling leads inside. Redirects are
followed here, hop by hop, each waiting for its host's turn like any other request; the validators
go along on every hop, since they came from the end of the same road.
"""

from __future__ import annotations

import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import certifi
import pycurl

from aggregator.domain import Document, Request
from aggregator.errors import FetchError, FetchRefused, FetchStopped
from aggregator.wire.budgets import Budgets
from aggregator.wire.credentials import origin
from aggregator.wire.guard import Guard
from aggregator.wire.hosts import HostQueues
from aggregator.wire.transfer import Observe, Transfer, check_url

_ACCEPT = (
    b"Accept: application/atom+xml, application/rss+xml, application/feed+json, "
    b"application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
)
_CONNECT_SECONDS = 10
_REASONS = {
    pycurl.E_COULDNT_RESOLVE_HOST: "the host's name was not found",
    pycurl.E_COULDNT_CONNECT: "the host refused the connection or cannot be reached",
    pycurl.E_GOT_NOTHING: "the host closed the connection without an answer",
    pycurl.E_PARTIAL_FILE: "the answer was cut off in the middle",
    pycurl.E_RECV_ERROR: "the connection broke while the answer came",
    pycurl.E_SEND_ERROR: "the connection broke while we asked",
    pycurl.E_PEER_FAILED_VERIFICATION: "its TLS certificate is not valid for it",
    pycurl.E_SSL_CONNECT_ERROR: "no TLS connection could be agreed on",
    pycurl.E_BAD_CONTENT_ENCODING: "the answer is compressed in a way that cannot be undone",
    pycurl.E_URL_MALFORMAT: "the address cannot be understood",
}


class Fetcher:
    """Fetches many documents at once; to be closed.

    ``timeout`` is the seconds that one fetch may take in all, its redirects included but not the
    wait for its host's turn; ``max_bytes`` bounds the body as sent and as unpacked.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        guard: Guard,
        utc_now: Callable[[], datetime],
        timeout: float = 30.0,
        max_bytes: int = 10 << 20,
        host_connections: int = 2,
        host_rate: float = 1.0,
        max_connections: int = 200,
        budgets: Budgets | None = None,
        observe: Observe | None = None,
        hosts: HostQueues[Transfer] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._user_agent = user_agent
        self._guard = guard
        self._utc_now = utc_now
        self._timeout = timeout
        self._max_bytes = max_bytes
        self._max_connections = max_connections
        self._monotonic = monotonic
        self._observe = observe
        self._hosts = hosts or HostQueues[Transfer](host_connections, host_rate)
        self._budgets = budgets or Budgets.of(timedelta(hours=1), timedelta(0), {}, ())
        self._incoming: deque[Transfer] = deque()
        self._active: dict[pycurl.Curl, Transfer] = {}
        self._idle: list[pycurl.Curl] = []
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._curl_due: float | None = None
        self._selector = selectors.DefaultSelector()
        self._watched: set[int] = set()
        self._wake_in, self._wake_out = socket.socketpair()
        self._wake_in.setblocking(False)
        self._wake_out.setblocking(False)
        self._selector.register(self._wake_out, selectors.EVENT_READ)
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._watch)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._set_timer)
        self._thread = threading.Thread(target=self._run, name="fetcher", daemon=True)
        self._thread.start()

    def submit(self, request: Request) -> Future[Document]:
        """Ask; the future holds the answer whatever its status, or fails with a FetchError.

        Returns at once. The future's callbacks run in the fetcher's thread and must be quick.
        """
        future: Future[Document] = Future()
        try:
            check_url(request.url)
        except FetchRefused as error:
            future.set_exception(error)
            return future
        with self._lock:
            if self._closing.is_set():
                future.set_exception(FetchStopped("the fetcher is closed"))
                return future
            self._incoming.append(Transfer(request, future, self._max_bytes, request.url))
        # For what was there before, the fetcher has been woken; it will find this beside it.
        if len(self._incoming) <= 1:
            self.wake()
        return future

    def close(self) -> None:
        """Stop at once: what is under way or waiting fails with FetchStopped."""
        with self._lock:
            already = self._closing.is_set()
            self._closing.set()
        if not already:
            self.wake()
        self._thread.join()

    # What follows runs in the fetcher's thread.

    def _run(self) -> None:
        try:
            while not self._closing.is_set():
                self._admit()
                for key, events in self._selector.select(self._patience()):
                    self._react(key, events)
                if self._curl_due is not None and self._curl_due <= self._monotonic():
                    self._curl_due = None
                    self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
                self._collect()
        finally:
            with self._lock:
                self._closing.set()
            self._abandon()

    def _admit(self) -> None:
        while self._incoming:
            self._queue(self._incoming.popleft())
        while len(self._active) < self._max_connections:
            ready = self._hosts.take(self._monotonic())
            if ready is None:
                return
            self._begin(ready)

    def _queue(self, transfer: Transfer) -> None:
        transfer.owner = self._budgets.owner(transfer.host)
        if self._budgets.any_learnt:
            spacing = self._budgets.spacing(transfer.owner, self._utc_now())
            self._hosts.space(transfer.owner, spacing.total_seconds(), self._monotonic())
        self._hosts.add(transfer.owner, transfer, suspect=transfer.request.suspect)

    def _learn(self, transfer: Transfer, document: Document) -> None:
        """A request to slow down counts for everything that the same owner limits."""
        told = "retry-after" in document.headers
        if document.status == 429 or (told and document.status in (403, 503)):
            self._budgets.refused(transfer.host, document.fetched_at)

    def _patience(self) -> float | None:
        """Seconds until something has to be done although no socket calls."""
        full = len(self._active) >= self._max_connections
        turns = (self._curl_due, None if full else self._hosts.next_turn())
        due = [at for at in turns if at is not None]
        return max(0.0, min(due) - self._monotonic()) if due else None

    def _react(self, key: selectors.SelectorKey, events: int) -> None:
        if key.fileobj is self._wake_out:
            self._wake_out.recv(4096)
            return
        readable = pycurl.CSELECT_IN if events & selectors.EVENT_READ else 0
        writable = pycurl.CSELECT_OUT if events & selectors.EVENT_WRITE else 0
        self._multi.socket_action(key.fd, readable | writable)

    def _begin(self, transfer: Transfer) -> None:
        curl = self._idle.pop() if self._idle else self._handle()
        transfer.started = self._monotonic()
        self._configure(curl, transfer)
        self._active[curl] = transfer
        self._multi.add_handle(curl)

    def _handle(self) -> pycurl.Curl:
        """A handle with what is the same for every transfer."""
        curl = pycurl.Curl()
        options: dict[int, Any] = {
            pycurl.USERAGENT: self._user_agent,
            pycurl.ACCEPT_ENCODING: "gzip, br",
            pycurl.PROTOCOLS: pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS,
            pycurl.FOLLOWLOCATION: 0,
            # An environment's proxy would be connected to instead, unseen by the guard.
            pycurl.PROXY: "",
            pycurl.NETRC: pycurl.NETRC_IGNORED,
            pycurl.CAINFO: certifi.where(),
            pycurl.NOSIGNAL: 1,
            pycurl.MAXFILESIZE_LARGE: self._max_bytes,
        }
        for option, value in options.items():
            curl.setopt(option, value)
        return curl

    def _configure(self, curl: pycurl.Curl, transfer: Transfer) -> None:
        left_ms = max(1, int((self._timeout - transfer.spent) * 1000))
        request = transfer.request
        headers = [_ACCEPT]
        if request.etag:
            headers.append(b"If-None-Match: " + request.etag.encode("latin-1"))
        if request.last_modified:
            headers.append(b"If-Modified-Since: " + request.last_modified.encode("latin-1"))
        if request.credential and request.credential.origin == origin(transfer.url):
            headers.append(b"Authorization: " + request.credential.header.encode())
        if self._observe:
            curl.setopt(pycurl.VERBOSE, 1)
            curl.setopt(pycurl.DEBUGFUNCTION, partial(self._observe, transfer.url))
        if request.form_type:
            headers.append(b"Content-Type: " + request.form_type.encode())
        # A handle is used again: this undoes what the transfer before may have set.
        curl.setopt(pycurl.HTTPGET, 1)
        if request.form is not None:
            curl.setopt(pycurl.POSTFIELDS, request.form)
        elif request.head:
            curl.setopt(pycurl.NOBODY, 1)
        curl.setopt(pycurl.URL, transfer.url.encode())
        curl.setopt(pycurl.HTTPHEADER, headers)
        curl.setopt(pycurl.TIMEOUT_MS, left_ms)
        curl.setopt(pycurl.CONNECTTIMEOUT_MS, min(left_ms, _CONNECT_SECONDS * 1000))
        curl.setopt(
            pycurl.OPENSOCKETFUNCTION, lambda _purpose, address: self._open(transfer, address)
        )
        curl.setopt(pycurl.HEADERFUNCTION, transfer.on_header)
        curl.setopt(pycurl.WRITEFUNCTION, transfer.on_body)

    def _open(self, transfer: Transfer, address: Any) -> int:
        family, kind, protocol, (ip, port, *_) = address
        ip = ip.decode() if isinstance(ip, bytes) else ip
        if not self._guard.permits(ip, port):
            transfer.refused = ip
            return pycurl.SOCKET_BAD
        try:
            return socket.socket(family, kind, protocol).detach()
        except OSError as error:  # no descriptor is left, say; libcurl takes no exceptions
            transfer.unopened = error.strerror
            return pycurl.SOCKET_BAD

    def _collect(self) -> None:
        left = 1
        while left:
            left, done, failed = self._multi.info_read()
            for curl in done:
                self._finish(curl, None, "")
            for curl, code, message in failed:
                self._finish(curl, code, message)

    def _finish(self, curl: pycurl.Curl, code: int | None, message: str) -> None:
        transfer = self._retire(curl)
        try:
            if code is not None and not (code == pycurl.E_WRITE_ERROR and transfer.is_enough):
                raise self._trouble(transfer, code, message)
            if transfer.is_redirect:
                transfer.follow()
                self._queue(transfer)
                return
            document = transfer.document(self._utc_now())
            self._learn(transfer, document)
        except FetchError as error:
            transfer.future.set_exception(error)
        else:
            transfer.future.set_result(document)

    def _retire(self, curl: pycurl.Curl) -> Transfer:
        transfer = self._active.pop(curl)
        self._multi.remove_handle(curl)
        self._idle.append(curl)
        self._hosts.finished(transfer.owner, suspect=transfer.request.suspect)
        transfer.spent += self._monotonic() - transfer.started
        return transfer

    def _trouble(self, transfer: Transfer, code: int, message: str) -> FetchError:
        if transfer.refused:
            return FetchRefused(
                f"{transfer.refused} is not a public address; to poll it all the same, list it in "
                "AGGREGATOR_ALLOW_NETWORKS"
            )
        if transfer.unopened:
            return FetchError(f"no connection could be made here: {transfer.unopened}")
        if transfer.too_large or code == pycurl.E_FILESIZE_EXCEEDED:
            return FetchError(f"the answer is larger than {self._max_bytes >> 10} KiB")
        if code == pycurl.E_OPERATION_TIMEDOUT:
            return FetchError(
                f"no complete answer within {min(transfer.spent, self._timeout):.0f} s"
            )
        words = "".join(c for c in message if c.isprintable())[:200]
        return FetchError(_REASONS.get(code, f"the transfer failed: {words}"))

    def _abandon(self) -> None:
        waiting = [*self._incoming, *self._hosts.drain()]
        stopped = [(transfer, transfer.hops > 0) for transfer in waiting]
        stopped += [(transfer, True) for transfer in self._active.values()]
        for curl in self._active:
            self._multi.remove_handle(curl)
        self._idle.extend(self._active)
        self._active.clear()
        for curl in self._idle:
            curl.close()
        self._multi.close()
        self._selector.close()
        self._wake_in.close()
        self._wake_out.close()
        for transfer, asked in stopped:
            stop = FetchStopped("stopped before the answer came", asked=asked)
            transfer.future.set_exception(stop)

    # libcurl tells which sockets to watch and when it wants to be called.

    def _watch(self, event: int, fd: int, _multi: Any, _data: Any) -> None:
        known = fd in self._watched
        if event == pycurl.POLL_REMOVE:
            if known:
                self._watched.remove(fd)
                self._selector.unregister(fd)
            return
        self._watched.add(fd)
        wanted = selectors.EVENT_READ if event & pycurl.POLL_IN else 0
        wanted |= selectors.EVENT_WRITE if event & pycurl.POLL_OUT else 0
        (self._selector.modify if known else self._selector.register)(fd, wanted)

    def _set_timer(self, milliseconds: int) -> None:
        due = self._monotonic() + milliseconds / 1000
        self._curl_due = None if milliseconds < 0 else due

    def wake(self) -> None:
        """Look again what there is to do, such as when a host may be asked by now."""
        try:
            self._wake_in.send(b"!")
        except BlockingIOError:
            pass  # the pipe is full of wake-ups that have not been read yet
        except OSError:
            if not self._closing.is_set():
                raise
