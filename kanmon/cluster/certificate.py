"""Until when a certificate is valid. The standard library tells it only of a peer, so the field is read here.

X.509 (RFC 5280 section 4.1): Certificate ::= SEQUENCE { tbsCertificate SEQUENCE { [0] version, serialNumber, signature,
issuer, validity SEQUENCE { notBefore, notAfter }, ... } ... }. Times are UTCTime or GeneralizedTime, both in Z.
"""

import ssl
from datetime import UTC, datetime

_VERSION, _UTC_TIME, _GENERALIZED_TIME = 0xA0, 0x17, 0x18
_END = "-----END CERTIFICATE-----"


def not_after(pem: str) -> datetime | None:
    """End of the first certificate in ``pem``; None when there is none, or it can't be read."""
    start = pem.find("-----BEGIN CERTIFICATE-----")
    end = pem.find(_END, start)
    if start < 0 or end < 0:
        return None
    try:
        certificate = ssl.PEM_cert_to_DER_cert(pem[start : end + len(_END)])
        fields = _parts(_parts(_parts(certificate)[0][1])[0][1])
        skip = 1 if fields[0][0] == _VERSION else 0
        _, validity = fields[skip + 3]
        kind, text = _parts(validity)[1]
        return _time(kind, text.decode("ascii"))
    except (ValueError, IndexError):
        return None


def _parts(der: bytes) -> list[tuple[int, bytes]]:
    """(tag, content) of the values that follow each other in ``der``."""
    found, place = [], 0
    while place < len(der):
        tag, length, place = der[place], der[place + 1], place + 2
        if length & 0x80:
            octets = length & 0x7F
            length, place = int.from_bytes(der[place : place + octets], "big"), place + octets
        if place + length > len(der):
            raise ValueError("a value is longer than what holds it")
        found.append((tag, der[place : place + length]))
        place += length
    return found


def _time(kind: int, text: str) -> datetime:
    if kind == _GENERALIZED_TIME:
        return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
    if kind != _UTC_TIME:
        raise ValueError("not a time")
    century = "19" if int(text[:2]) >= 50 else "20"  # RFC 5280 section 4.1.2.5.1
    return datetime.strptime(century + text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
