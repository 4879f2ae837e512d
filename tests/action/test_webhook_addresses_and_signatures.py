"""Which addresses a webhook may go to, and how it is signed: values in, values out."""

import base64

import pytest

from kanmon.action.notifiers.webhook import sign
from kanmon.action.targets import where


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("93.184.215.14", "public"),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", "public"),
        ("10.1.2.3", "private"),
        ("172.16.0.1", "private"),
        ("192.168.0.1", "private"),
        ("100.64.0.1", "private"),  # carrier-grade NAT
        ("198.18.0.1", "private"),  # benchmarks
        ("192.0.2.1", "private"),  # documentation
        ("fd12:3456::1", "private"),
        ("fec0::1", "private"),
        ("64:ff9b:1::a00:1", "forbidden"),
        ("2001:db8::1", "private"),
        ("127.0.0.1", "loopback"),
        ("127.8.9.10", "loopback"),
        ("::1", "loopback"),
        ("169.254.169.254", "forbidden"),
        ("169.254.0.1", "forbidden"),
        ("fe80::1", "forbidden"),
        ("fe80::1%eth0", "forbidden"),
        ("fd00:ec2::254", "forbidden"),
        ("fd20:ce::254", "forbidden"),
        ("100.100.100.200", "forbidden"),
        ("168.63.129.16", "forbidden"),
        ("192.0.0.192", "forbidden"),
        ("0.0.0.0", "forbidden"),
        ("0.1.2.3", "forbidden"),
        ("::", "forbidden"),
        ("224.0.0.1", "forbidden"),
        ("ff02::1", "forbidden"),
        ("255.255.255.255", "forbidden"),
        ("240.0.0.1", "forbidden"),
        # IPv4 in the clothes of IPv6: mapped, compatible, 6to4, NAT64, Teredo
        ("::ffff:127.0.0.1", "loopback"),
        ("::ffff:169.254.169.254", "forbidden"),
        ("::ffff:10.0.0.1", "private"),
        ("::127.0.0.1", "forbidden"),
        ("2002:7f00:1::", "loopback"),
        ("2002:a9fe:a9fe::1", "forbidden"),
        ("64:ff9b::7f00:1", "loopback"),
        ("64:ff9b::a9fe:a9fe", "forbidden"),
        ("64:ff9b::5db8:d70e", "public"),
        ("2001:0:5ef5:79fd:0:0:80ff:fffe", "loopback"),
    ],
)
def test_what_kind_of_address_it_is(address: str, kind: str) -> None:
    assert where(address) == kind


def test_the_signature_is_that_of_the_reference_implementations() -> None:
    """The vector that the libraries of Standard Webhooks are tested with."""
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signed = sign([secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_each_secret_signs() -> None:
    one, other = sign([b"a" * 24], "id", 1, b"{}"), sign([b"b" * 24], "id", 1, b"{}")
    assert sign([b"a" * 24, b"b" * 24], "id", 1, b"{}") == f"{one} {other}"
