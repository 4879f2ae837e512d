"""From a network to RADIUS attributes. Pure: the setup in, names and values out."""

from kanmon.agent.radius.decisions import NETWORKS, Network
from kanmon.agent.radius.setup import Profile, Reply, Setup, Values

CLASS = "kanmon:"
Attributes = dict[str, list[str]]


def of_network(setup: Setup, network: Network, profile: str, mac: str = "") -> Attributes:
    """What an Access-Accept into ``network`` carries to a switch of ``profile`` (unknown: standard).

    Class (RFC 2865 section 5.25) comes back in every accounting request of the session: so what is seen there is what
    this session was given, whatever has been decided since.
    """
    reply = setup.networks[network]
    made = _of_network(reply)
    if reply.session_seconds:
        made["Session-Timeout"] = [str(reply.session_seconds)]
        made["Termination-Action"] = ["RADIUS-Request"]  # ask anew instead of closing the port
    made["Class"] = [CLASS + network]
    chosen = setup.profiles.get(profile, Profile())
    return made | _filled(chosen.attributes, reply, network, mac) | _filled(reply.attributes, reply, network, mac)


def of_change(setup: Setup, network: Network, profile: str, mac: str) -> Attributes:
    """What a CoA-Request into ``network`` carries beside what names the session."""
    chosen, reply = setup.profiles.get(profile, Profile()), setup.networks[network]
    made: Attributes = {}
    if chosen.coa_sets:
        made = _of_network(reply) | _filled(chosen.attributes, reply, network, mac)
        made |= _filled(reply.attributes, reply, network, mac)
    return made | _filled(chosen.coa, reply, network, mac)


def network_of(class_: str) -> Network | None:
    """The network that a Class of ours names."""
    name = class_.removeprefix(CLASS)
    return next((one for one in NETWORKS if class_.startswith(CLASS) and one == name), None)


def _of_network(reply: Reply) -> Attributes:
    made: Attributes = {}
    if reply.vlan:  # RFC 3580 section 3.31
        made["Tunnel-Type"] = ["VLAN"]
        made["Tunnel-Medium-Type"] = ["IEEE-802"]
        made["Tunnel-Private-Group-Id"] = [reply.vlan]
    if reply.filter_id:
        made["Filter-Id"] = [reply.filter_id]
    return made


def _filled(values: Values, reply: Reply, network: str, mac: str) -> Attributes:
    """The templates with their blanks filled; those that come out empty are left away."""
    blanks = {
        "{vlan}": reply.vlan,
        "{filter_id}": reply.filter_id,
        "{acl}": reply.acl,
        "{network}": network,
        "{mac}": mac,
    }
    made: Attributes = {}
    for name, value in values.items():
        texts = []
        for text in [value] if isinstance(value, str) else value:
            for blank, filling in blanks.items():
                text = text.replace(blank, filling)
            texts.append(text)
        if any(texts):
            made[name] = [text for text in texts if text]
    return made
