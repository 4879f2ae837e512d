"""A method for each operation of the API. Made by tools/make_client.py: not to be changed by hand."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from kanmon.apiclient import shapes
from kanmon.apiclient.transport import Transport, _segment


class Operations(Transport):
    """Named by method and path; what stands in braces there is given first."""

    def get_status(self) -> shapes.Status:
        """Node, term, version and counts."""
        answer: shapes.Status = self._call("GET", "/status")
        return answer

    def get_pcs(
        self,
        *,
        level: str | None = None,
        search: str | None = None,
        group: str | None = None,
        after: int | None = None,
        limit: int | None = None,
        as_of: str | None = None,
        removed: bool | None = None,
    ) -> Iterator[shapes.PcRow]:
        """PCs in order of number, after ``after`` or ``cursor``."""
        return self._pages(
            "/pcs",
            {
                "level": level,
                "search": search,
                "group": group,
                "after": after,
                "limit": limit,
                "as_of": as_of,
                "removed": removed,
            },
        )

    def post_pcs_manage(self, body: shapes.Order, *, key: str | None = None) -> shapes.Operation:
        """Remove PCs from management, disable or enable it."""
        answer: shapes.Operation = self._call("POST", "/pcs/manage", None, body, key)
        return answer

    def get_pcs_of_name(
        self, name: str, *, language: Literal["en", "ja"] | None = None, as_of: str | None = None
    ) -> shapes.Pc:
        """One PC by asset number or host, with its findings."""
        answer: shapes.Pc = self._call("GET", f"/pcs/{_segment(name)}", {"language": language, "as_of": as_of})
        return answer

    def get_pcs_of_name_history(
        self, name: str, *, before: int | None = None, limit: int | None = None
    ) -> Iterator[shapes.VerdictRow]:
        """The verdicts of a PC, newest first."""
        return self._pages(f"/pcs/{_segment(name)}/history", {"before": before, "limit": limit})

    def post_judgments(self, body: shapes.JudgeOrder, *, key: str | None = None) -> shapes.Operation:
        """Begin a judgment; follow the operation by its id."""
        answer: shapes.Operation = self._call("POST", "/judgments", None, body, key)
        return answer

    def get_operations(
        self, *, state: str | None = None, kind: str | None = None, before: int | None = None, limit: int | None = None
    ) -> Iterator[shapes.OperationRow]:
        """Operations, the newest first."""
        return self._pages("/operations", {"state": state, "kind": kind, "before": before, "limit": limit})

    def get_operations_of_id(self, id: int) -> shapes.Operation:
        """One operation with its entries; callers who are limited to groups see those that they began."""
        answer: shapes.Operation = self._call("GET", f"/operations/{_segment(id)}")
        return answer

    def get_sources(self, *, limit: int | None = None) -> Iterator[shapes.TokenRow]:
        """Sources of inventory; tokens are never shown."""
        return self._pages("/sources", {"limit": limit})

    def post_sources(self, body: shapes.NewToken, *, key: str | None = None) -> shapes.Token:
        """A new source; its token is shown this once."""
        answer: shapes.Token = self._call("POST", "/sources", None, body, key)
        return answer

    def delete_sources_of_name(self, name: str, *, key: str | None = None) -> shapes.Named:
        """Revoke the token of a source."""
        answer: shapes.Named = self._call("DELETE", f"/sources/{_segment(name)}", None, None, key)
        return answer

    def post_tokens(self, body: shapes.NewToken, *, key: str | None = None) -> shapes.Token:
        """A new API token; it is shown this once."""
        answer: shapes.Token = self._call("POST", "/tokens", None, body, key)
        return answer

    def get_tokens(self, *, limit: int | None = None) -> Iterator[shapes.ApiToken]:
        """API tokens with their role; tokens themselves are never shown."""
        return self._pages("/tokens", {"limit": limit})

    def delete_tokens_of_name(self, name: str, *, key: str | None = None) -> shapes.Named:
        """Revoke an API token."""
        answer: shapes.Named = self._call("DELETE", f"/tokens/{_segment(name)}", None, None, key)
        return answer

    def get_refusals(self, *, limit: int | None = None) -> Iterator[shapes.RefusedBody]:
        """Bodies that were not taken in, with the sentence, the newest first."""
        return self._pages("/refusals", {"limit": limit})

    def get_suspected(self, *, limit: int | None = None) -> Iterator[shapes.Suspected]:
        """Reports that wait for a person."""
        return self._pages("/suspected", {"limit": limit})

    def post_suspected_of_id(
        self, id: int, body: shapes.SuspectedDecision, *, key: str | None = None
    ) -> shapes.Operation:
        """Accept a suspected report as its PC ('same'), as a new PC ('new'), or reject it."""
        answer: shapes.Operation = self._call("POST", f"/suspected/{_segment(id)}", None, body, key)
        return answer

    def get_nodes(self) -> list[shapes.NodeRow]:
        """All nodes that have been seen, the active one first."""
        answer: list[shapes.NodeRow] = self._call("GET", "/nodes")
        return answer

    def post_cluster_handover(self, *, key: str | None = None) -> dict[str, str]:
        """Ask the active node to give its lease to another."""
        answer: dict[str, str] = self._call("POST", "/cluster/handover", None, None, key)
        return answer

    def post_nodes_of_name_drain(self, name: str, *, key: str | None = None) -> dict[str, str]:
        """The node gives up the lease and does not lead."""
        answer: dict[str, str] = self._call("POST", f"/nodes/{_segment(name)}/drain", None, None, key)
        return answer

    def post_nodes_of_name_undrain(self, name: str, *, key: str | None = None) -> dict[str, str]:
        """The node may lead again."""
        answer: dict[str, str] = self._call("POST", f"/nodes/{_segment(name)}/undrain", None, None, key)
        return answer

    def post_cluster_invitations(self, *, key: str | None = None) -> shapes.Token:
        """A one-time token for a second node; it is shown this once."""
        answer: shapes.Token = self._call("POST", "/cluster/invitations", None, None, key)
        return answer

    def post_cluster_join(self, body: shapes.Joining, *, key: str | None = None) -> dict[str, str]:
        """What an invited node gets, sealed under the key that only its token yields."""
        answer: dict[str, str] = self._call("POST", "/cluster/join", None, body, key)
        return answer

    def get_failovers(self, *, limit: int | None = None, before: str | None = None) -> Iterator[shapes.Failover]:
        """Take-overs, the newest first; ``before`` a term."""
        return self._pages("/failovers", {"limit": limit, "before": before})

    def post_failovers_acknowledge(self, *, key: str | None = None) -> shapes.Acknowledged:
        """Every failover so far has been seen."""
        answer: shapes.Acknowledged = self._call("POST", "/failovers/acknowledge", None, None, key)
        return answer

    def get_failovers_of_term(self, term: str, *, rows: int | None = None) -> shapes.FailoverReport:
        """The report of a take-over ('newest', or its term), with ``rows`` of each group (1,000 at most)."""
        answer: shapes.FailoverReport = self._call("GET", f"/failovers/{_segment(term)}", {"rows": rows})
        return answer

    def get_failovers_of_term_operations(
        self,
        term: str,
        *,
        group: Literal["judgment", "action", "window", "agent_action", "agent_setup"],
        after: int | None = None,
        limit: int | None = None,
    ) -> Iterator[shapes.Reported]:
        """Operations of a group of the report, after the one with the number ``after``; 1,000 at most."""
        return self._pages(f"/failovers/{_segment(term)}/operations", {"group": group, "after": after, "limit": limit})

    def post_failovers_of_term_acknowledge(self, term: str, *, key: str | None = None) -> shapes.Acknowledged:
        """The report of this take-over has been seen: the banner and its warning go."""
        answer: shapes.Acknowledged = self._call("POST", f"/failovers/{_segment(term)}/acknowledge", None, None, key)
        return answer

    def get_health(self) -> shapes.Health:
        """What is not healthy now, as this node sees it; empty when all is well."""
        answer: shapes.Health = self._call("GET", "/health")
        return answer

    def post_operations_of_id_redo(self, id: int, body: shapes.Because, *, key: str | None = None) -> shapes.Operation:
        """Do again what is in doubt or has failed; the answer names the new operation."""
        answer: shapes.Operation = self._call("POST", f"/operations/{_segment(id)}/redo", None, body, key)
        return answer

    def post_operations_of_id_it_ran(
        self, id: int, body: shapes.Because, *, key: str | None = None
    ) -> shapes.Operation:
        """What is in doubt was done: somebody has looked."""
        answer: shapes.Operation = self._call("POST", f"/operations/{_segment(id)}/it-ran", None, body, key)
        return answer

    def post_operations_of_id_close(self, id: int, body: shapes.Because, *, key: str | None = None) -> shapes.Operation:
        """What is in doubt stays unknown and is not done again."""
        answer: shapes.Operation = self._call("POST", f"/operations/{_segment(id)}/close", None, body, key)
        return answer

    def post_operations_of_id_cancel(
        self, id: int, body: shapes.Because, *, key: str | None = None
    ) -> shapes.Operation:
        """What waits or is held is not wanted any more."""
        answer: shapes.Operation = self._call("POST", f"/operations/{_segment(id)}/cancel", None, body, key)
        return answer

    def post_operations_of_id_hold(self, id: int, body: shapes.Because, *, key: str | None = None) -> shapes.Operation:
        """What waits is not begun before somebody releases it."""
        answer: shapes.Operation = self._call("POST", f"/operations/{_segment(id)}/hold", None, body, key)
        return answer

    def post_operations_of_id_release(
        self, id: int, body: shapes.Because, *, key: str | None = None
    ) -> shapes.Operation:
        """What is held may be begun."""
        answer: shapes.Operation = self._call("POST", f"/operations/{_segment(id)}/release", None, body, key)
        return answer

    def delete_nodes_of_name(self, name: str, *, key: str | None = None) -> shapes.Forgotten:
        """A node that is gone for good is not listed any more."""
        answer: shapes.Forgotten = self._call("DELETE", f"/nodes/{_segment(name)}", None, None, key)
        return answer

    def get_actions_held(self, *, limit: int | None = None) -> shapes.HeldActions:
        """Actions that are held since a restore: lanes, since when, how many, and the oldest of them."""
        answer: shapes.HeldActions = self._call("GET", "/actions/held", {"limit": limit})
        return answer

    def post_actions_release(self, body: shapes.Release, *, key: str | None = None) -> dict[str, Any]:
        """Release what is held: what waits is cancelled, or carried out as far as the order says so."""
        answer: dict[str, Any] = self._call("POST", "/actions/release", None, body, key)
        return answer

    def get_feeds(self) -> shapes.Feeds:
        """All feeds with their day and age: of patches, with the number of the knowledge that they make together, and of vulnerabilities, with the releases that each covers."""
        answer: shapes.Feeds = self._call("GET", "/feeds")
        return answer

    def post_feeds_patches(
        self, body: bytes, *, name: str, update_policies: bool | None = None, key: str | None = None
    ) -> shapes.Operation:
        """Import a patch feed: its bytes are the body, ``name`` is its file name."""
        answer: shapes.Operation = self._call(
            "POST", "/feeds/patches", {"name": name, "update_policies": update_policies}, body, key
        )
        return answer

    def post_feeds_vulnerabilities(
        self, body: bytes, *, name: str, covers: Sequence[str] | None = None, key: str | None = None
    ) -> shapes.Operation:
        """Import a vulnerability feed (OSV): its bytes are the body, ``name`` is its file name; ``covers``, which may be repeated: the releases of which it tells all holes, instead of finding out."""
        answer: shapes.Operation = self._call(
            "POST", "/feeds/vulnerabilities", {"name": name, "covers": covers}, body, key
        )
        return answer

    def post_what_if(self, body: shapes.WhatIf, *, key: str | None = None) -> shapes.Effect:
        """What would change if this document held."""
        answer: shapes.Effect = self._call("POST", "/what-if", None, body, key)
        return answer

    def post_what_if_pcs(self, body: shapes.WhatIfPcs, *, key: str | None = None) -> list[shapes.WhatIfPc]:
        """The PCs that would come to a level, in order of number; ``limit`` at most 10,000."""
        answer: list[shapes.WhatIfPc] = self._call("POST", "/what-if/pcs", None, body, key)
        return answer

    def post_what_if_pcs_csv(self, body: shapes.WhatIfPcs, *, key: str | None = None) -> str:
        """The same as CSV, all of them."""
        answer: str = self._call("POST", "/what-if/pcs.csv", None, body, key)
        return answer

    def get_schedules(self, *, limit: int | None = None) -> Iterator[shapes.Schedule]:
        """All schedules with their next tick, by name."""
        return self._pages("/schedules", {"limit": limit})

    def post_schedules(self, body: shapes.NewSchedule, *, key: str | None = None) -> shapes.Named:
        """A new schedule."""
        answer: shapes.Named = self._call("POST", "/schedules", None, body, key)
        return answer

    def delete_schedules_of_name(self, name: str, *, key: str | None = None) -> shapes.Named:
        """Remove a schedule; what it has begun goes on."""
        answer: shapes.Named = self._call("DELETE", f"/schedules/{_segment(name)}", None, None, key)
        return answer

    def get_settings(self, *, section: str | None = None) -> list[shapes.Setting]:
        """All settings, or those of one section, as they hold on this node: value, default, unit, bounds, source, meaning."""
        answer: list[shapes.Setting] = self._call("GET", "/settings", {"section": section})
        return answer

    def post_settings(self, body: shapes.NewSettings, *, key: str | None = None) -> shapes.SettingsChanged:
        """Change settings: all of them or, when one is refused, none."""
        answer: shapes.SettingsChanged = self._call("POST", "/settings", None, body, key)
        return answer

    def post_settings_test_mail(self, body: shapes.TestMail, *, key: str | None = None) -> shapes.TriedOut:
        """Send a test mail by every mail server in turn."""
        answer: shapes.TriedOut = self._call("POST", "/settings/test-mail", None, body, key)
        return answer

    def get_settings_receivers(self) -> list[str]:
        """The names of the receivers of webhooks and events, as section/name."""
        answer: list[str] = self._call("GET", "/settings/receivers")
        return answer

    def post_settings_test_receiver(self, body: shapes.TestReceiver, *, key: str | None = None) -> shapes.TriedOut:
        """Connect to a receiver of webhooks or events; no event is sent."""
        answer: shapes.TriedOut = self._call("POST", "/settings/test-receiver", None, body, key)
        return answer

    def post_policies_plan(self, body: shapes.Planned, *, key: str | None = None) -> shapes.Plan:
        """What applying these files would change."""
        answer: shapes.Plan = self._call("POST", "/policies/plan", None, body, key)
        return answer

    def post_policies_apply(self, body: shapes.Files, *, key: str | None = None) -> shapes.Applied:
        """Make it as the files say: one operation."""
        answer: shapes.Applied = self._call("POST", "/policies/apply", None, body, key)
        return answer

    def get_policies(self, *, limit: int | None = None) -> Iterator[shapes.Version]:
        """All policies with their newest version."""
        return self._pages("/policies", {"limit": limit})

    def post_policies(self, body: shapes.NewPolicy, *, key: str | None = None) -> shapes.Rejudged:
        """Take in a policy: a new version of the one that the document names; none when it says the same."""
        answer: shapes.Rejudged = self._call("POST", "/policies", None, body, key)
        return answer

    def get_policies_of_kind_of_name(self, kind: str, name: str, *, version: int | None = None) -> shapes.PolicyText:
        """One version of a policy (0: the newest) as YAML."""
        answer: shapes.PolicyText = self._call(
            "GET", f"/policies/{_segment(kind)}/{_segment(name)}", {"version": version}
        )
        return answer

    def delete_policies_of_kind_of_name(self, kind: str, name: str, *, key: str | None = None) -> shapes.Rejudged:
        """Delete a policy that is assigned to nothing."""
        answer: shapes.Rejudged = self._call("DELETE", f"/policies/{_segment(kind)}/{_segment(name)}", None, None, key)
        return answer

    def get_policies_of_kind_of_name_versions(
        self, kind: str, name: str, *, limit: int | None = None
    ) -> Iterator[shapes.Version]:
        """The versions of a policy, the newest first."""
        return self._pages(f"/policies/{_segment(kind)}/{_segment(name)}/versions", {"limit": limit})

    def get_policies_of_kind_of_name_diff(
        self,
        kind: str,
        name: str,
        *,
        old: int | None = None,
        new: int | None = None,
        language: Literal["en", "ja"] | None = None,
    ) -> shapes.Difference:
        """What differs between two versions in words."""
        answer: shapes.Difference = self._call(
            "GET", f"/policies/{_segment(kind)}/{_segment(name)}/diff", {"old": old, "new": new, "language": language}
        )
        return answer

    def post_policies_of_kind_of_name_rollback(
        self, kind: str, name: str, body: shapes.RollBack, *, key: str | None = None
    ) -> shapes.Rejudged:
        """A new version with the content of an old one."""
        answer: shapes.Rejudged = self._call(
            "POST", f"/policies/{_segment(kind)}/{_segment(name)}/rollback", None, body, key
        )
        return answer

    def post_policies_of_kind_of_name_copy(
        self, kind: str, name: str, body: shapes.NewCopy, *, key: str | None = None
    ) -> shapes.Rejudged:
        """A policy of another name with the content of this one."""
        answer: shapes.Rejudged = self._call(
            "POST", f"/policies/{_segment(kind)}/{_segment(name)}/copy", None, body, key
        )
        return answer

    def get_policies_of_kind_of_name_lists_of_which(
        self, kind: str, name: str, which: str, *, version: int | None = None
    ) -> shapes.Csv:
        """A list of a policy as CSV."""
        answer: shapes.Csv = self._call(
            "GET", f"/policies/{_segment(kind)}/{_segment(name)}/lists/{_segment(which)}", {"version": version}
        )
        return answer

    def post_policies_of_kind_of_name_lists_of_which(
        self, kind: str, name: str, which: str, body: shapes.NewList, *, key: str | None = None
    ) -> shapes.Rejudged:
        """A new version with this list in the place of the present one."""
        answer: shapes.Rejudged = self._call(
            "POST", f"/policies/{_segment(kind)}/{_segment(name)}/lists/{_segment(which)}", None, body, key
        )
        return answer

    def get_assignments(self, *, limit: int | None = None) -> Iterator[shapes.Assignment]:
        """Which policy is assigned to what: the whole system, groups by path, PCs by asset number."""
        return self._pages("/assignments", {"limit": limit})

    def post_assignments(self, body: shapes.NewAssignment, *, key: str | None = None) -> shapes.Rejudged:
        """Assign a policy, or take an assignment away."""
        answer: shapes.Rejudged = self._call("POST", "/assignments", None, body, key)
        return answer

    def get_groups(self, *, limit: int | None = None) -> Iterator[shapes.GroupRow]:
        """Groups by path with their number of PCs, those below not counted."""
        return self._pages("/groups", {"limit": limit})

    def post_groups(self, body: shapes.GroupPath, *, key: str | None = None) -> shapes.Rejudged:
        """A new group; those above it are made, too."""
        answer: shapes.Rejudged = self._call("POST", "/groups", None, body, key)
        return answer

    def post_groups_move(self, body: shapes.GroupPath, *, key: str | None = None) -> shapes.Rejudged:
        """Give a group another path."""
        answer: shapes.Rejudged = self._call("POST", "/groups/move", None, body, key)
        return answer

    def post_groups_delete(self, body: shapes.GroupPath, *, key: str | None = None) -> shapes.Rejudged:
        """Delete an empty group that nothing names."""
        answer: shapes.Rejudged = self._call("POST", "/groups/delete", None, body, key)
        return answer

    def get_groups_members(
        self, *, group: str, after: int | None = None, limit: int | None = None
    ) -> Iterator[shapes.PcName]:
        """PCs of a group, those below not counted."""
        return self._pages("/groups/members", {"group": group, "after": after, "limit": limit})

    def post_groups_members(self, body: shapes.NewMembers, *, key: str | None = None) -> shapes.Rejudged:
        """Put PCs into a group."""
        answer: shapes.Rejudged = self._call("POST", "/groups/members", None, body, key)
        return answer

    def get_waivers(self, *, expired: bool | None = None, limit: int | None = None) -> Iterator[shapes.Waiver]:
        """Waivers, those that end first before the others; ``expired``: also those that are over."""
        return self._pages("/waivers", {"expired": expired, "limit": limit})

    def post_waivers(self, body: shapes.NewWaiver, *, key: str | None = None) -> shapes.Rejudged:
        """Waive a condition for a group or PCs."""
        answer: shapes.Rejudged = self._call("POST", "/waivers", None, body, key)
        return answer

    def delete_waivers_of_number(self, number: int, *, key: str | None = None) -> shapes.Rejudged:
        """End a waiver."""
        answer: shapes.Rejudged = self._call("DELETE", f"/waivers/{_segment(number)}", None, None, key)
        return answer

    def post_feeds_antivirus(self, body: shapes.NewVersions, *, key: str | None = None) -> shapes.Rejudged:
        """Raise the versions that policies want to these."""
        answer: shapes.Rejudged = self._call("POST", "/feeds/antivirus", None, body, key)
        return answer

    def get_properties(self) -> list[shapes.PropertyClass]:
        """The classes with their properties, how many distinct records there are, and how many PCs have one."""
        answer: list[shapes.PropertyClass] = self._call("GET", "/properties")
        return answer

    def get_properties_of_cls(self, cls: str) -> list[shapes.PropertyRow]:
        """The properties of a class: type, number of values, PCs, and the three most frequent values."""
        answer: list[shapes.PropertyRow] = self._call("GET", f"/properties/{_segment(cls)}")
        return answer

    def get_properties_of_cls_of_name(
        self, cls: str, name: str, *, search: str | None = None, limit: int | None = None
    ) -> shapes.PropertyRow:
        """One property with its values, the most frequent first; ``limit`` at most 10,000."""
        answer: shapes.PropertyRow = self._call(
            "GET", f"/properties/{_segment(cls)}/{_segment(name)}", {"search": search, "limit": limit}
        )
        return answer

    def get_network(
        self, *, after: str | None = None, limit: int | None = None, state: str | None = None, wrong: bool | None = None
    ) -> Iterator[shapes.NetworkEntry]:
        """The connection control list by MAC; ``wrong``: only PCs that were seen where they don't belong."""
        return self._pages("/network", {"after": after, "limit": limit, "state": state, "wrong": wrong})

    def post_network_orders(self, body: shapes.ByHand, *, key: str | None = None) -> shapes.Operation:
        """Refuse, lift, permit, deny, withdraw or remove."""
        answer: shapes.Operation = self._call("POST", "/network/orders", None, body, key)
        return answer

    def get_network_orders(
        self,
        *,
        pc: str | None = None,
        mac: str | None = None,
        before: int | None = None,
        limit: int | None = None,
        open: bool | None = None,
    ) -> Iterator[shapes.NetworkOrder]:
        """Orders with how far they have come, the newest first."""
        return self._pages("/network/orders", {"pc": pc, "mac": mac, "before": before, "limit": limit, "open": open})

    def get_network_unmanaged(
        self, *, after: int | None = None, limit: int | None = None
    ) -> Iterator[shapes.Unmanaged]:
        """Devices that the network saw and no inventory knows, the newest first."""
        return self._pages("/network/unmanaged", {"after": after, "limit": limit})

    def post_network_links(self, body: shapes.NewLink, *, key: str | None = None) -> shapes.Link:
        """A signed link to the remediation page of a PC: whoever has it may see what is wrong, and ask for a check."""
        answer: shapes.Link = self._call("POST", "/network/links", None, body, key)
        return answer

    def get_network_agents(
        self, *, language: Literal["en", "ja"] | None = None, limit: int | None = None
    ) -> Iterator[shapes.NetworkAgent]:
        """All agents with how they are; what they say of themselves in ``language``."""
        return self._pages("/network/agents", {"language": language, "limit": limit})

    def post_network_agents(self, body: shapes.NewAgent, *, key: str | None = None) -> shapes.Token:
        """A token by which an agent is enrolled: once, within an hour."""
        answer: shapes.Token = self._call("POST", "/network/agents", None, body, key)
        return answer

    def delete_network_agents_of_name(self, name: str, *, key: str | None = None) -> shapes.Named:
        """An agent is listened to no more."""
        answer: shapes.Named = self._call("DELETE", f"/network/agents/{_segment(name)}", None, None, key)
        return answer

    def get_network_setup(self) -> dict[str, Any]:
        """Which network is for whom, as agents shall have it."""
        answer: dict[str, Any] = self._call("GET", "/network/setup")
        return answer

    def post_network_setup(self, body: dict[str, Any], *, key: str | None = None) -> shapes.SetUp:
        """A new version of the setup; the body is the whole of it."""
        answer: shapes.SetUp = self._call("POST", "/network/setup", None, body, key)
        return answer

    def post_actions(self, body: shapes.Act, *, key: str | None = None) -> shapes.Operation:
        """Decide on actions for the newest levels and carry out what is due."""
        answer: shapes.Operation = self._call("POST", "/actions", None, body, key)
        return answer

    def get_waiting(self, *, kind: str | None = None, limit: int | None = None) -> Iterator[shapes.Question]:
        """About which actions a person is asked, and about how many PCs; the oldest first."""
        return self._pages("/waiting", {"kind": kind, "limit": limit})

    def post_waiting(self, body: shapes.Answer, *, key: str | None = None) -> shapes.Operation:
        """Approve or decline."""
        answer: shapes.Operation = self._call("POST", "/waiting", None, body, key)
        return answer

    def get_waiting_of_number(
        self, number: int, *, after: int | None = None, limit: int | None = None
    ) -> Iterator[shapes.PcName]:
        """The PCs of a question, by number after ``after``."""
        return self._pages(f"/waiting/{_segment(number)}", {"after": after, "limit": limit})

    def get_hold(self) -> shapes.Held:
        """Whether a person holds all actions, who, and since when."""
        answer: shapes.Held = self._call("GET", "/hold")
        return answer

    def post_hold(self, body: shapes.Switch, *, key: str | None = None) -> shapes.Held:
        """Hold all actions, or release them: then it is decided anew what is due."""
        answer: shapes.Held = self._call("POST", "/hold", None, body, key)
        return answer

    def get_pcs_of_name_actions(self, name: str, *, language: Literal["en", "ja"] | None = None) -> shapes.WhyActions:
        """What the action policy does about a PC at its level, and why it does not do it now."""
        answer: shapes.WhyActions = self._call("GET", f"/pcs/{_segment(name)}/actions", {"language": language})
        return answer

    def get_orders(
        self, *, state: str | None = None, kind: str | None = None, before: int | None = None, limit: int | None = None
    ) -> Iterator[shapes.Delivery]:
        """Orders, the newest first; ``state=failed``: those that were not delivered."""
        return self._pages("/orders", {"state": state, "kind": kind, "before": before, "limit": limit})

    def post_orders_retry(self, body: shapes.Chosen, *, key: str | None = None) -> shapes.OrdersChanged:
        """Carry out what was not delivered: all of the chosen, or none."""
        answer: shapes.OrdersChanged = self._call("POST", "/orders/retry", None, body, key)
        return answer

    def post_orders_cancel(self, body: shapes.Chosen, *, key: str | None = None) -> shapes.OrdersChanged:
        """They are not wanted any more: what waits is not done, what was not delivered is given up."""
        answer: shapes.OrdersChanged = self._call("POST", "/orders/cancel", None, body, key)
        return answer

    def post_orders_replay(self, body: shapes.ByNumber, *, key: str | None = None) -> shapes.OrdersChanged:
        """Tell once more what was delivered, under the same ids."""
        answer: shapes.OrdersChanged = self._call("POST", "/orders/replay", None, body, key)
        return answer

    def get_operations_of_id_output(self, id: int) -> shapes.Output:
        """What the command of an operation wrote, as far as it was kept; on the node that ran it."""
        answer: shapes.Output = self._call("GET", f"/operations/{_segment(id)}/output")
        return answer

    def get_mail_groups(self, *, limit: int | None = None) -> Iterator[shapes.MailGroup]:
        """The groups of addresses, and which action policies name them."""
        return self._pages("/mail-groups", {"limit": limit})

    def post_mail_groups(self, body: shapes.NewMailList, *, key: str | None = None) -> shapes.Changed:
        """The groups that the list names have exactly its addresses from now on."""
        answer: shapes.Changed = self._call("POST", "/mail-groups", None, body, key)
        return answer

    def get_mail_groups_csv(self, *, name: str | None = None) -> shapes.Csv:
        """All groups, or one, as CSV."""
        answer: shapes.Csv = self._call("GET", "/mail-groups.csv", {"name": name})
        return answer

    def post_mail_groups_remove(self, body: shapes.Name, *, key: str | None = None) -> shapes.Changed:
        """Remove a group."""
        answer: shapes.Changed = self._call("POST", "/mail-groups/remove", None, body, key)
        return answer

    def get_mail_users(
        self, *, search: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> shapes.MailUsers:
        """Addresses of users of PCs, by user."""
        answer: shapes.MailUsers = self._call(
            "GET", "/mail-users", {"search": search, "limit": limit, "cursor": cursor}
        )
        return answer

    def post_mail_users(self, body: shapes.NewMailList, *, key: str | None = None) -> shapes.Changed:
        """Put users on the list, or give them another address; an empty address takes them off."""
        answer: shapes.Changed = self._call("POST", "/mail-users", None, body, key)
        return answer

    def get_mail_users_csv(self) -> shapes.Csv:
        """All of them as CSV."""
        answer: shapes.Csv = self._call("GET", "/mail-users.csv")
        return answer

    def post_mail_users_remove(self, body: shapes.Name, *, key: str | None = None) -> shapes.Changed:
        """Take a user off the list."""
        answer: shapes.Changed = self._call("POST", "/mail-users/remove", None, body, key)
        return answer

    def post_mail_preview(self, body: shapes.PreviewOrder, *, key: str | None = None) -> shapes.MailPreview:
        """The mail of a policy on the PCs that are there."""
        answer: shapes.MailPreview = self._call("POST", "/mail-preview", None, body, key)
        return answer

    def post_messages(self, body: shapes.NewMessage, *, key: str | None = None) -> shapes.Operation:
        """Write a message to the users of PCs."""
        answer: shapes.Operation = self._call("POST", "/messages", None, body, key)
        return answer

    def get_messages(
        self, *, pc: str | None = None, state: str | None = None, before: int | None = None, limit: int | None = None
    ) -> Iterator[shapes.UserMessage]:
        """Messages with how far they have come, the newest first."""
        return self._pages("/messages", {"pc": pc, "state": state, "before": before, "limit": limit})

    def get_clients(self, *, after: int | None = None, limit: int | None = None) -> Iterator[shapes.ClientRow]:
        """PCs that have a client, by number."""
        return self._pages("/clients", {"after": after, "limit": limit})

    def delete_clients_of_name(self, name: str, *, key: str | None = None) -> shapes.ClientForgotten:
        """The client of a PC is listened to no more; the next that asks for this PC is taken."""
        answer: shapes.ClientForgotten = self._call("DELETE", f"/clients/{_segment(name)}", None, None, key)
        return answer

    def get_history(
        self,
        *,
        since: str | None = None,
        until: str | None = None,
        cause: str | None = None,
        kind: str | None = None,
        level: str | None = None,
        result: str | None = None,
        cursor: str | None = None,
        language: Literal["en", "ja"] | None = None,
        limit: int | None = None,
    ) -> shapes.History:
        """Runs, newest first, with what was judged, decided, ordered and held back in each."""
        answer: shapes.History = self._call(
            "GET",
            "/history",
            {
                "since": since,
                "until": until,
                "cause": cause,
                "kind": kind,
                "level": level,
                "result": result,
                "cursor": cursor,
                "language": language,
                "limit": limit,
            },
        )
        return answer

    def get_history_csv(
        self,
        *,
        since: str | None = None,
        until: str | None = None,
        cause: str | None = None,
        kind: str | None = None,
        level: str | None = None,
        result: str | None = None,
        cursor: str | None = None,
        language: Literal["en", "ja"] | None = None,
        limit: int | None = None,
    ) -> str:
        """The same as CSV, a line each; where to go on, if there is more, is said in the header X-Kanmon-Next."""
        answer: str = self._call(
            "GET",
            "/history.csv",
            {
                "since": since,
                "until": until,
                "cause": cause,
                "kind": kind,
                "level": level,
                "result": result,
                "cursor": cursor,
                "language": language,
                "limit": limit,
            },
        )
        return answer

    def get_pcs_of_name_timeline(
        self,
        name: str,
        *,
        since: str | None = None,
        until: str | None = None,
        cause: str | None = None,
        kind: str | None = None,
        level: str | None = None,
        result: str | None = None,
        cursor: str | None = None,
        language: Literal["en", "ja"] | None = None,
        limit: int | None = None,
    ) -> shapes.Timeline:
        """What happened to one PC, newest first: its verdicts, actions, and what was held back."""
        answer: shapes.Timeline = self._call(
            "GET",
            f"/pcs/{_segment(name)}/timeline",
            {
                "since": since,
                "until": until,
                "cause": cause,
                "kind": kind,
                "level": level,
                "result": result,
                "cursor": cursor,
                "language": language,
                "limit": limit,
            },
        )
        return answer

    def get_pcs_of_name_timeline_csv(
        self,
        name: str,
        *,
        since: str | None = None,
        until: str | None = None,
        cause: str | None = None,
        kind: str | None = None,
        level: str | None = None,
        result: str | None = None,
        cursor: str | None = None,
        language: Literal["en", "ja"] | None = None,
        limit: int | None = None,
    ) -> str:
        """The same as CSV; where to go on, if there is more, is said in the header X-Kanmon-Next."""
        answer: str = self._call(
            "GET",
            f"/pcs/{_segment(name)}/timeline.csv",
            {
                "since": since,
                "until": until,
                "cause": cause,
                "kind": kind,
                "level": level,
                "result": result,
                "cursor": cursor,
                "language": language,
                "limit": limit,
            },
        )
        return answer

    def get_metrics(self) -> str:
        """Figures for Prometheus, as text."""
        answer: str = self._call("GET", "/metrics")
        return answer

    def get_statistics(
        self,
        *,
        by: str | None = None,
        group: str | None = None,
        deep: int | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> list[dict[str, Any]]:
        """The numbers of each group and period, the oldest period first."""
        answer: list[dict[str, Any]] = self._call(
            "GET", "/statistics", {"by": by, "group": group, "deep": deep, "since": since, "until": until}
        )
        return answer

    def post_statistics(self, body: shapes.StoredDay, *, key: str | None = None) -> shapes.Operation:
        """Begin to store a day; one that is stored already is replaced."""
        answer: shapes.Operation = self._call("POST", "/statistics", None, body, key)
        return answer

    def get_statistics_csv(
        self,
        *,
        by: str | None = None,
        group: str | None = None,
        deep: int | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> str:
        """The same as CSV."""
        answer: str = self._call(
            "GET", "/statistics.csv", {"by": by, "group": group, "deep": deep, "since": since, "until": until}
        )
        return answer

    def get_audit(
        self,
        *,
        actor: str | None = None,
        event: str | None = None,
        search: str | None = None,
        operation: int | None = None,
        since: str | None = None,
        until: str | None = None,
        before: int | None = None,
        limit: int | None = None,
        language: Literal["en", "ja"] | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Rows, the newest first."""
        return self._pages(
            "/audit",
            {
                "actor": actor,
                "event": event,
                "search": search,
                "operation": operation,
                "since": since,
                "until": until,
                "before": before,
                "limit": limit,
                "language": language,
            },
        )

    def get_audit_verify(
        self, *, after: int | None = None, given: str | None = None, language: Literal["en", "ja"] | None = None
    ) -> shapes.AuditVerified:
        """Check about 10,000 rows with their seals; give ``next`` as ``after`` until it is null."""
        answer: shapes.AuditVerified = self._call(
            "GET", "/audit/verify", {"after": after, "given": given, "language": language}
        )
        return answer

    def get_audit_export(self, *, after: int | None = None, through: int | None = None) -> shapes.AuditExport:
        """About 10,000 sealed rows as lines, each seal after its rows; give ``next`` as ``after`` until it is null."""
        answer: shapes.AuditExport = self._call("GET", "/audit/export", {"after": after, "through": through})
        return answer

    def get_people(self) -> list[shapes.Person]:
        """Everybody, by name."""
        answer: list[shapes.Person] = self._call("GET", "/people")
        return answer

    def post_people(self, body: shapes.NewPerson, *, key: str | None = None) -> shapes.PersonLink:
        """Make a person."""
        answer: shapes.PersonLink = self._call("POST", "/people", None, body, key)
        return answer

    def post_people_of_name(self, name: str, body: shapes.PersonAsked, *, key: str | None = None) -> shapes.Person:
        """Give a person another role, limit or language; what is null stays."""
        answer: shapes.Person = self._call("POST", f"/people/{_segment(name)}", None, body, key)
        return answer

    def post_people_of_name_disable(self, name: str, *, key: str | None = None) -> shapes.Person:
        """Let a person sign in no more; the windows they have open are refused from now on."""
        answer: shapes.Person = self._call("POST", f"/people/{_segment(name)}/disable", None, None, key)
        return answer

    def post_people_of_name_enable(self, name: str, *, key: str | None = None) -> shapes.Person:
        """Let a person who was disabled sign in again."""
        answer: shapes.Person = self._call("POST", f"/people/{_segment(name)}/enable", None, None, key)
        return answer

    def post_people_of_name_take_second_factor(self, name: str, *, key: str | None = None) -> shapes.Person:
        """Remove the second factor of a person whose phone and recovery codes are lost; they may set up another."""
        answer: shapes.Person = self._call("POST", f"/people/{_segment(name)}/take-second-factor", None, None, key)
        return answer

    def post_people_of_name_link(self, name: str, *, key: str | None = None) -> shapes.PersonLink:
        """A one-time link by which a person sets a new password, good for 24 hours; the old password holds until then."""
        answer: shapes.PersonLink = self._call("POST", f"/people/{_segment(name)}/link", None, None, key)
        return answer
