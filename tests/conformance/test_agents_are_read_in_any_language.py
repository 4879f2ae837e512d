"""What an agent says of itself is read in the reader's language, whatever the agent's own is."""

from typing import Any

import msgspec
import pytest
from django.utils import translation

from kanmon import wire
from kanmon.agent.drivers import base
from kanmon.agent.radius.change import Told
from kanmon.api import checks
from kanmon.cluster import as_json
from kanmon.cluster.health import Check, warnings
from kanmon.common import clock
from kanmon.common.errors import Refused
from kanmon.console import read
from kanmon.journal.here import HERE
from kanmon.network import exchange, shown
from kanmon.network.models import Agent
from kanmon.network.said import rows
from tests.conformance.work import leader

NFT = Refused("KNM8311-E", problem="Error: no such file")
WHOLE = Refused("KNM8040-E", name="nftables", problem=NFT)


def told(*said: wire.Health) -> list[Any]:
    """As a Manager keeps it, after it went over the wire."""
    leader()
    one = Agent.objects.create(name="gateway-1", enrolled_at=clock.now())
    call = wire.Exchange(name=one.name, highest_term=HERE.term, digest="", entries=1, health=said)
    exchange.keep(one, msgspec.json.decode(msgspec.json.encode(call), type=wire.Exchange), "192.0.2.1")
    return Agent.objects.get(id=one.id).health


def test_a_sentence_is_said_in_the_language_of_who_reads_it() -> None:
    kept = told(base.unwell("nftables", WHOLE, language="ja"), base.well("radius"))
    english, well = rows(kept, "en")
    assert english == {"part": "nftables", "sentence": WHOLE.sentence("en"), "id": "KNM8040-E"}
    assert "KNM8311-E nft " in english["sentence"], "the inner one, too"
    assert rows(kept, "ja")[0]["sentence"] == WHOLE.sentence("ja") != english["sentence"]
    assert well == {"part": "radius", "sentence": "", "id": ""}


def test_the_faces_say_it_so() -> None:
    told(base.unwell("nftables", WHOLE, language="ja"))
    assert shown.agents()[0]["health"][0]["sentence"] == WHOLE.sentence("en")
    assert shown.agents("ja")[0]["health"][0]["sentence"] == WHOLE.sentence("ja")
    for language in ("en", "ja"):
        with translation.override(language):
            assert read.agents()[0].health[0].sentence == WHOLE.sentence(language)
    (warning,) = warnings([Check("KNM8445-W", checks._of_network("KNM8445-W"))])
    for language in ("en", "ja"):
        assert f"KNM8040-E {WHOLE.sentence(language)}" in warning.said.text(language)
    plain = as_json.warning(warning)
    assert plain["params"]["sentence"] == f"KNM8040-E {WHOLE.sentence()}"
    assert WHOLE.sentence("ja") in plain["said"]["ja"]
    msgspec.json.encode(plain)


def test_what_was_tried_before_is_said_before() -> None:
    tried = (Refused("KNM8228-W", nas="sw1"),)
    said = Told("failed", "KNM8227-E", {"nas": "sw1", "mac": "02:00:00:00:00:01"}, tried)
    kept = told(base.unwell("radius", said.said, said.tried))
    for language in ("en", "ja"):
        assert rows(kept, language)[0]["sentence"] == said.sentence(language)


@pytest.mark.parametrize(
    "said",
    [
        wire.Health(part="nftables", sentence="Something is wrong.", id="KNM8040-E"),
        wire.Health(part="nftables", sentence="Something is wrong.", id="KNM8999-E", params={"name": "x"}),
        wire.Health(part="nftables", sentence="Something is wrong.", id="KNM8040-E", params={"name": "x"},
                    cause=wire.Cause(id="KNM8999-E")),
        wire.Health(part="nftables", sentence="Something is wrong.", id="KNM8304-W", before=(wire.Cause(id="KNM8999-E"),)),
    ],
    ids=["an older agent", "a newer agent", "a newer cause", "a newer sentence before"],
)  # fmt: skip
def test_what_is_not_known_is_shown_as_it_was_told(said: wire.Health) -> None:
    for language in ("en", "ja"):
        assert rows(told(said) if language == "en" else Agent.objects.get().health, language) == [
            {"part": "nftables", "sentence": "Something is wrong.", "id": said.id}
        ]


def test_long_words_are_cut_so_that_the_message_stays_within_its_bounds() -> None:
    said = base.unwell("nftables", Refused("KNM8311-E", problem="x" * 5000))
    assert msgspec.json.decode(msgspec.json.encode(said), type=wire.Health) == said
