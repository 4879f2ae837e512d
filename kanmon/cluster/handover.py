"""Hand-over, drain and undrain: wishes in the database, which the node that they are for sees at its next renewal.

So they can be asked of any node, and a drained node stays drained over its restart: that is how two nodes are brought
to a new version without a gap: drain one, stop, upgrade and start it, undrain it; then the other.
"""

from django.db import connection

from kanmon.cluster.nodes import NodeState, nodes
from kanmon.common.errors import Refused
from kanmon.journal import record
from kanmon.journal.models import Lease, Node, Term
from kanmon.journal.writing import transaction


def _need_cluster() -> None:
    if connection.vendor != "postgresql":
        raise Refused("KNM4107-E", status=409)


def _need_other(than: str) -> None:
    """Raises Refused KNM4106-E unless another node than ``than`` lives and may lead."""
    draining = set(Node.objects.filter(draining=True).values_list("name", flat=True))
    able = (NodeState.ACTIVE, NodeState.STANDBY)
    ready = [one for one in nodes() if one.state in able and one.name not in draining | {than}]
    if not ready:
        raise Refused("KNM4106-E", status=409, why="; ".join(f"{one.name}: {one.state}" for one in nodes()))


def hand_over(actor: str, shard: int = 0) -> str:
    """Ask the active node to give its lease to another; returns its name. Raises Refused KNM4106-E, KNM4107-E."""
    _need_cluster()
    with transaction():
        active = Term.objects.values_list("node", flat=True).get(shard=shard)
        _need_other(active)
        Lease.objects.filter(shard=shard, released=False).update(asked_by=actor or "-")
    return str(active)


def drain(node: str, actor: str) -> None:
    """``node`` gives up the lease, if it has it, and does not lead; its /health/ready says no.

    Raises Refused KNM6010-E for an unknown node, KNM4106-E when nobody else could lead.
    """
    _need_cluster()
    with transaction():
        _need_other(node)
        if not Node.objects.filter(name=node).update(draining=True):
            raise Refused("KNM6010-E", status=404, what="node", name=node)
        record.note(None, "drained", {"id": "KNM4108-I", "node": node, "actor": actor})


def undrain(node: str, actor: str) -> None:
    """``node`` may lead again. Raises Refused KNM6010-E for an unknown node."""
    _need_cluster()
    with transaction():
        if not Node.objects.filter(name=node).update(draining=False):
            raise Refused("KNM6010-E", status=404, what="node", name=node)
        record.note(None, "undrained", {"id": "KNM4109-I", "node": node, "actor": actor})
