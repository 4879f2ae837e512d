"""Calls to the Manager on one connection that is kept: JSON there and back, with a token. Standard library only.

As with inventories: https, or this machine; the certificate is always verified; a redirect is not followed.
"""

import http.client
import json
import ssl
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import kanmon
from kanmon.client.send import _HERE
from kanmon.common.errors import Refused

MOST_BYTES = 2 * 2**20
CONNECT_SECONDS = 20.0


class Answer(NamedTuple):
    """Status, what was said, and after how many seconds to come again (0: not said)."""

    status: int
    said: dict[str, Any]
    after_seconds: float = 0.0

    @property
    def why(self) -> str:
        """The sentence of a refusal."""
        return f"{self.status} {self.said.get('title', '')} {self.said.get('detail', '')}".strip()[:500]


class Caller:
    """Calls ``server``; ``ca_file``: certificates of an authority of your own. Raises Refused KNM1044-E."""

    def __init__(self, server: str, ca_file: str | None = None) -> None:
        parts = urlsplit(server)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _HERE):
            raise Refused("KNM1044-E", url=server)
        self._netloc, self._prefix, self._secure = parts.netloc, parts.path.rstrip("/"), parts.scheme == "https"
        try:
            self._context = ssl.create_default_context(cafile=ca_file) if self._secure else None
        except (OSError, ssl.SSLError) as problem:
            raise Refused("KNM1041-E", url=server, detail=str(problem)) from None
        self._line: http.client.HTTPConnection | None = None

    def post(self, path: str, token: str, body: dict[str, Any], seconds: float) -> Answer:
        """One call, which may take ``seconds``. Raises OSError or ValueError when there is no answer that makes sense."""
        headers = {
            "Authorization": f"Bearer {token}", "Content-Type": "application/json",
            "User-Agent": f"kanmon-client/{kanmon.__version__}",
        }  # fmt: skip
        kept = self._line is not None
        try:
            try:
                answer, content = self._once(path, json.dumps(body).encode(), headers, seconds)
            except (http.client.BadStatusLine, ConnectionError):
                if not kept:
                    raise
                self.close()  # the other side had let go of it meanwhile; a call that is made twice does no harm
                answer, content = self._once(path, json.dumps(body).encode(), headers, seconds)
        except http.client.HTTPException as problem:
            self.close()
            raise OSError(str(problem) or type(problem).__name__) from None
        except OSError:
            self.close()
            raise
        if len(content) > MOST_BYTES:
            self.close()
            raise ValueError("the answer is too large")
        after = answer.headers.get("Retry-After", "")
        try:
            said = json.loads(content) if content else {}
        except ValueError:
            if answer.status == 200:
                raise
            said = {}
        if not isinstance(said, dict):
            raise ValueError("the answer is no object")
        return Answer(answer.status, said, float(after) if after.isdigit() else 0.0)

    def _once(
        self, path: str, body: bytes, headers: dict[str, str], seconds: float
    ) -> tuple[http.client.HTTPResponse, bytes]:
        line = self._connected()
        assert line.sock is not None
        line.sock.settimeout(seconds + CONNECT_SECONDS)
        line.request("POST", self._prefix + path, body, headers)
        answer = line.getresponse()
        return answer, answer.read(MOST_BYTES + 1)

    def _connected(self) -> http.client.HTTPConnection:
        if self._line is None:
            kept: http.client.HTTPConnection = (
                http.client.HTTPSConnection(self._netloc, timeout=CONNECT_SECONDS, context=self._context)
                if self._secure
                else http.client.HTTPConnection(self._netloc, timeout=CONNECT_SECONDS)
            )
            kept.connect()
            self._line = kept
        elif self._line.sock is None:  # the answer before was the last on it
            self._line.connect()
        return self._line

    def close(self) -> None:
        """The next call makes a new connection."""
        if self._line is not None:
            self._line.close()
            self._line = None
