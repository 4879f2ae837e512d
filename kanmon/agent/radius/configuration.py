"""Writes the folder that FreeRADIUS 3 is started with (``freeradius -d FOLDER``): switches, MAC bypass, PEAP, EAP-TLS, the
agent as the one who decides, and what happens when the agent does not answer.

Everything is written anew each time, whole or not at all, but ``users``, which is people's own.
"""

import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from string import Template

from kanmon.agent.radius import attributes
from kanmon.agent.radius.decisions import NETWORKS, Network
from kanmon.agent.radius.nas import Nas
from kanmon.agent.radius.setup import Setup
from kanmon.common.errors import Refused

TEMPLATES = Path(__file__).with_name("freeradius")
FILES = ("radiusd.conf", "clients.conf", "modules.conf", "policy.conf", "site.conf", "dictionary")
CERTIFICATES = ("ca.pem", "server.pem", "server.key")


class _At(Template):
    """``@{name}``: FreeRADIUS's own language is full of $."""

    delimiter = "@"


@dataclass(frozen=True)
class Layout:
    """Where FreeRADIUS has its things. The defaults are Debian's.

    ``agent`` is the URL of the agent's listener, ``certs`` a folder with ca.pem, server.pem and server.key, ``user``
    whom it becomes (empty: stays who it is). ``check_crl``: ca.pem holds a list of revoked certificates, too.
    """

    folder: Path
    agent: str
    certs: Path
    log_folder: Path = Path("/var/log/freeradius")
    run_folder: Path = Path("/run/freeradius")
    log_destination: str = "files"
    user: str = "freerad"
    library: Path = Path("/usr/lib/freeradius")
    dictionaries: Path = Path("/usr/share/freeradius")
    check_crl: bool = False


def write(layout: Layout, setup: Setup, switches: Sequence[Nas], password: str) -> list[Path]:
    """Write the folder; the files written. Raises Refused KNM8215-E to KNM8217-E."""
    if not switches:
        raise Refused("KNM8215-E")
    missing = [name for name in CERTIFICATES if not (layout.certs / name).is_file()]
    if missing:
        raise Refused("KNM8216-E", folder=str(layout.certs), missing=", ".join(missing))
    texts = render(layout, setup, switches, password)
    if not (layout.folder / "users").exists():
        texts["users"] = (TEMPLATES / "users.txt").read_text("utf-8")
    try:
        if not layout.folder.exists():  # one that is there keeps its owner: somebody may name /etc by mistake
            layout.folder.mkdir(parents=True, mode=0o750)
            _own(layout.folder, layout.user)
        return [_put(layout.folder / name, text, layout.user) for name, text in texts.items()]
    except OSError as problem:
        raise Refused("KNM8217-E", folder=str(layout.folder), problem=problem.strerror or str(problem)) from None


def render(layout: Layout, setup: Setup, switches: Sequence[Nas], password: str) -> dict[str, str]:
    """The files' texts by name."""
    seconds = str(setup.last_known_seconds)
    known = setup.when_gone == "last_known"
    remember = _fill("remember", last_known_seconds=seconds, before="") if known else ""
    refused = 'update control {\n      &Tmp-String-1 := "refused"\n    }\n    '
    identity = f"  user = {layout.user}\n  group = {layout.user}\n" if layout.user else ""
    profiles = {one.profile for one in switches}
    return {
        "radiusd.conf": _fill(
            "radiusd", when_gone=setup.when_gone, library=layout.library, dictionaries=layout.dictionaries,
            folder=layout.folder, certs=layout.certs, log_folder=layout.log_folder, run_folder=layout.run_folder,
            identity=identity, log_destination=layout.log_destination,
        ),
        "clients.conf": "".join(_client(one) for one in switches),
        "modules.conf": _fill(
            "modules", agent=layout.agent.rstrip("/"), password=password, check_crl="yes" if layout.check_crl else "no",
            cache=_fill("cache", last_known_seconds=seconds) if known else "",
        ),
        "policy.conf": _fill(
            "policy", gone=_gone(setup), networks="\n".join(_network(setup, one, profiles) for one in NETWORKS),
            remember_network=remember,
            remember_reject=_fill("remember", last_known_seconds=seconds, before=refused) if known else "",
        ),
        "site.conf": _fill("site", listeners="".join(_listeners(switches))),
        "dictionary": "# FreeRADIUS wants this file. Dictionaries of your own may be included here.\n",
    }  # fmt: skip


def _client(nas: Nas) -> str:
    version = f"ipv{ip_network(nas.network).version}addr"
    return (
        f"client {nas.name} {{\n  {version} = {nas.network}\n  secret = \"{nas.secret}\"\n  shortname = {nas.name}\n"
        f"  require_message_authenticator = {'no' if nas.unsigned else 'yes'}\n  kanmon_profile = {nas.profile}\n}}\n"
    )  # fmt: skip


def _listeners(switches: Sequence[Nas]) -> Iterable[str]:
    for version, any_address in ((4, "*"), (6, "::")):
        if any(ip_network(one.network).version == version for one in switches):
            for kind, port in (("auth", 1812), ("acct", 1813)):
                yield (
                    f"  listen {{\n    type = {kind}\n    ipv{version}addr = {any_address}\n    port = {port}\n  }}\n"
                )


def _gone(setup: Setup) -> str:
    if setup.when_gone == "quarantine":
        return "  kanmon_into_quarantine"
    if setup.when_gone == "reject":
        return "  reject"
    word = "if"
    cases = []
    for network in NETWORKS:
        if setup.networks[network].accept:
            cases.append(f'  {word} (&control:Tmp-String-1 == "{network}") {{\n    kanmon_into_{network}\n  }}')
            word = "elsif"
    return _fill("gone_last_known", cases="\n".join(cases))


def _network(setup: Setup, network: Network, profiles: set[str]) -> str:
    """A policy that puts into the reply what the agent would."""
    if not setup.networks[network].accept:
        return f"kanmon_into_{network} {{\n  reject\n}}"
    plain = attributes.of_network(setup, network, "", mac="%{Calling-Station-Id}")
    lines = [f"kanmon_into_{network} {{", *_update(plain)]
    for profile in sorted(profiles):
        more = attributes.of_network(setup, network, profile, mac="%{Calling-Station-Id}")
        if more := {name: values for name, values in more.items() if plain.get(name) != values}:
            lines += [f'  if ("%{{client:kanmon_profile}}" == "{profile}") {{', *_update(more), "  }"]
    return "\n".join([*lines, "  ok", "}"])


def _update(given: attributes.Attributes) -> list[str]:
    lines = ["  update reply {"]
    for name, values in given.items():
        lines += [f'    &{name} {":=" if at == 0 else "+="} "{value}"' for at, value in enumerate(values)]
    return [*lines, "  }"]


def _fill(name: str, **blanks: object) -> str:
    return _At((TEMPLATES / f"{name}.txt").read_text("utf-8")).substitute(blanks)


def _put(path: Path, text: str, user: str) -> Path:
    """A file that others can't read: secrets stand in it."""
    draft = path.with_name(f".{path.name}.new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    _own(draft, user)
    os.replace(draft, path)
    return path


def _own(path: Path, user: str) -> None:
    """FreeRADIUS's group may read it. Without root the person who runs this must see to it."""
    if user and os.geteuid() == 0:
        try:
            shutil.chown(path, "root", user)
        except LookupError:
            raise Refused("KNM8217-E", folder=str(path.parent), problem=f"there is no group {user}") from None
