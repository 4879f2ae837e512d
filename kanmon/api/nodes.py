"""Endpoints of the cluster's nodes."""

from typing import Any

from django.http import HttpRequest
from ninja import Field, Router

from kanmon.api.callers import need
from kanmon.api.changes import change, made
from kanmon.api.given import Body
from kanmon.cluster import handover
from kanmon.cluster.nodes import nodes
from kanmon.sealing import join

router = Router()


class Joining(Body):
    """A node that joins: the mark of its token, and its name."""

    mark: str = Field(min_length=64, max_length=64, pattern="^[0-9a-f]+$")
    node: str = Field(max_length=100)


@router.get("/nodes")
def list_nodes(request: HttpRequest) -> list[dict[str, Any]]:
    """All nodes that have been seen, the active one first."""
    need(request, "view", "open")
    return [
        {
            "name": one.name,
            "state": str(one.state),
            "term": one.term_said,
            "version": one.version,
            "ready": one.ready,
            "address": one.address,
            "silent_seconds": None if one.silent_seconds is None else round(one.silent_seconds, 1),
            "started_at": one.started_at.isoformat(),
        }
        for one in nodes()
    ]


@router.post("/cluster/handover")
def hand_over(request: HttpRequest) -> dict[str, str]:
    """Ask the active node to give its lease to another."""
    who = need(request, "manage_cluster")
    operation, _ = change(request, who, "Lease: handed over", lambda: {"from": handover.hand_over(who.username)})
    return {"from": str((operation.outcome or {}).get("from", ""))}


@router.post("/nodes/{name}/drain")
def drain(request: HttpRequest, name: str) -> dict[str, str]:
    """The node gives up the lease and does not lead."""
    who = need(request, "manage_cluster")
    handover.drain(name, who.username)
    return {"name": name, "state": "draining"}


@router.post("/nodes/{name}/undrain")
def undrain(request: HttpRequest, name: str) -> dict[str, str]:
    """The node may lead again."""
    who = need(request, "manage_cluster")
    handover.undrain(name, who.username)
    return {"name": name, "state": "standby"}


@router.post("/cluster/invitations")
def invite(request: HttpRequest) -> dict[str, Any]:
    """A one-time token for a second node; it is shown this once."""
    who = need(request, "manage_cluster")
    return made(request, who, "Node", "that joins", "node", lambda: join.invite(who.username))


@router.post("/cluster/join", auth=None)
def join_node(request: HttpRequest, joining: Joining) -> dict[str, str]:
    """What an invited node gets, sealed under the key that only its token yields. Nobody signs in for this."""
    return {"sealed": join.answer(joining.mark, joining.node)}
