"""One HTTPS request that carries an inventory to the Manager.

The token is read from the environment or from a file, never from the command line, where every user of the
machine could see it. The server's certificate is always verified, and the token does not follow a redirect.
"""

import os
import ssl
import stat
import zlib
from pathlib import Path
from typing import Any
from urllib import error, request
from urllib.parse import urlsplit

import msgspec

import kanmon
from kanmon.common.errors import Refused

TOKEN_VARIABLE = "KANMON_TOKEN"  # noqa: S105  # a name
MAX_ANSWER_BYTES = 64 * 1024
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


class _NoRedirect(request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def read_token(path: str | None = None) -> str:
    """The token from ``path``, or else from the environment variable ``KANMON_TOKEN``; "" when there is none.

    Raises Refused when the file cannot be read, is empty, or may be read by other users.
    """
    if path is None:
        return os.environ.get(TOKEN_VARIABLE, "").strip()
    try:
        if Path(path).stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise Refused("KNM1043-E", path=path, detail="other users may read it")
        token = Path(path).read_text("ascii").strip()
    except (OSError, ValueError) as problem:
        raise Refused("KNM1043-E", path=path, detail=str(problem)) from problem
    if not token or not token.isprintable():
        raise Refused("KNM1043-E", path=path, detail="it holds no token")
    return token


def send(url: str, token: str, body: bytes, *, ca_file: str | None = None, seconds: float = 30.0) -> str:
    """Send ``body`` to ``url``; the Manager's word for it: "changed", "unchanged" or "accepted".

    ``ca_file`` names the certificates of an authority of your own. Raises Refused when the address is not https,
    the Manager is not reached within ``seconds``, or it refuses; then with its sentence.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _HERE):
        raise Refused("KNM1044-E", url=url)
    headers = {"Content-Type": "application/x-compress-zlib", "User-Agent": f"kanmon-client/{kanmon.__version__}"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    try:
        context = ssl.create_default_context(cafile=ca_file)
        opener = request.build_opener(_NoRedirect, request.HTTPSHandler(context=context))
        message = request.Request(url, zlib.compress(body), headers, method="POST")  # noqa: S310  # http(s) only, see above
        with opener.open(message, timeout=seconds) as answer:
            return _word(answer.read(MAX_ANSWER_BYTES))
    except error.HTTPError as problem:
        detail = _detail(problem.read(MAX_ANSWER_BYTES)) or str(problem.reason)
        raise Refused("KNM1042-E", url=url, code=problem.code, detail=detail) from problem
    except (OSError, ValueError) as problem:  # URLError, time limits and broken connections are OSErrors
        raise Refused("KNM1041-E", url=url, detail=str(getattr(problem, "reason", problem))) from problem


def _word(answer: bytes) -> str:
    told = _object(answer)
    return str(told.get("result") or told.get("status") or "accepted")


def _detail(answer: bytes) -> str:
    told = _object(answer)
    return str(told.get("detail") or "")[:500]


def _object(answer: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(answer, type=dict[str, Any])
    except msgspec.MsgspecError:
        return {}
