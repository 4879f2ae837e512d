"""The client for Windows, as far as it can be tested without Windows: its grammar, its help, and the words of the protocol."""

import re
from collections.abc import Iterator

import msgspec
import tree_sitter_powershell
from tree_sitter import Language, Node, Parser

from kanmon.message import listener
from kanmon.message.exchange import Answer, Given, Told
from tests.conftest import ROOT

SCRIPT = ROOT / "deploy" / "windows" / "kanmon-client.ps1"
TEXT = SCRIPT.read_text("ascii")


def wrong(source: bytes) -> list[str]:
    def nodes(node: Node) -> Iterator[str]:
        if node.type == "ERROR" or node.is_missing:
            yield f"line {node.start_point.row + 1}: {source[node.start_byte : node.end_byte][:80]!r}"
        for child in node.children:
            yield from nodes(child)

    return list(nodes(Parser(Language(tree_sitter_powershell.language())).parse(source).root_node))


def test_it_is_powershell() -> None:
    assert wrong(TEXT.encode()) == []
    assert wrong(TEXT.replace("Assert-Server {", "Assert-Server (", 1).encode()), "a defect is seen"


def test_every_parameter_has_its_help() -> None:
    parameters = set(re.findall(r"^    \[.*\] \$(\w+)", TEXT[: TEXT.index("Set-StrictMode")], re.MULTILINE))
    assert parameters == set(re.findall(r"^\.PARAMETER (\w+)$", TEXT, re.MULTILINE)) > {"Server", "TokenFile"}


def test_it_speaks_the_protocol() -> None:
    assert {listener.REGISTER, listener.POLL} <= set(re.findall(r"'(/client/\S+)'", TEXT))
    (poll,) = re.findall(r"\$body = @\{ (delivered .*) \}", TEXT)
    assert set(re.findall(r"(\w+) = ", poll)) == set(msgspec.structs.asdict(Told()))
    (register,) = re.findall(r"\$body = @\{ (token .*) \}", TEXT)
    assert set(re.findall(r"(\w+) = ", register)) == {one.name for one in msgspec.structs.fields(listener.Registration)}
    read = set(re.findall(r"Get-Field \$answer\.Said '(\w+)'", TEXT)) - {"title", "detail"}
    assert read == {one.name for one in msgspec.structs.fields(Answer)}
    kept = set(re.findall(r"\$Message\.(\w+)", TEXT)) | {"id"}
    assert kept <= {one.name for one in msgspec.structs.fields(Given)}
