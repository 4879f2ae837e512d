"""Secrets out of everything that is logged: tokens by their shape, and what stands after "Authorization"."""

import re

# Tokens carry a prefix (kni_ intake, kna_ API); one-time links are told by their path.
_TOKEN = re.compile(r"\bkn[a-z]_[A-Za-z0-9_\-]{8,}")
_LINK = re.compile(r"(/welcome/)[A-Za-z0-9_\-]{16,}")
_HEADER = re.compile(r"(?i)(authorization['\"]?\s*[:=]\s*b?['\"]?(?:basic|bearer)\s+)[^\s'\",]+")
_URL = re.compile(r"(://[^:/@\s]+:)[^@\s]+(@)")


def redact(text: str) -> str:
    """``text`` with every secret that can be told by its shape replaced by ***."""
    text = _TOKEN.sub(lambda found: found[0][:4] + "***", text)
    text = _LINK.sub(r"\1***", text)
    text = _HEADER.sub(r"\1***", text)
    return _URL.sub(r"\1***\2", text)
