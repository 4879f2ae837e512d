"""The pages that one can go to, for the search over everything: a name, who may see it, and other words for it."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy as plazy


@dataclass(frozen=True, slots=True)
class Place:
    """``verb``: what one has to be allowed; ``limited``: whether people who are limited to groups see it, too."""

    name: str
    words: Any
    drawing: str
    verb: str = "view"
    limited: bool = True
    also: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()


PLACES = (
    Place("overview", lazy("Overview"), "overview", also=("dashboard", "home", "ダッシュボード")),
    Place("pcs", lazy("PCs"), "pc", also=("computers", "clients", "hosts", "パソコン", "端末")),
    Place("suspected", lazy("Duplicates"), "duplicate", limited=False, also=("merge", "統合")),
    Place("refused", lazy("Refused reports"), "refuse", limited=False),
    Place("network", lazy("Network"), "network", also=("quarantine", "802.1X", "RADIUS", "検疫")),
    Place("network_unmanaged", lazy("Unmanaged devices"), "network", limited=False),
    Place("network_agents", lazy("Network agents"), "network", limited=False),
    Place("waiting", plazy("navigation", "Waiting"), "pending", also=("approval", "承認")),
    Place("history", lazy("History"), "calendar", limited=False, also=("actions", "アクション")),
    Place("policies", lazy("Policies"), "policy"),
    Place("waivers", lazy("Waivers"), "waiver", also=("exception", "exemption", "例外", "除外")),
    Place("groups", lazy("Groups"), "tree"),
    Place("statistics", lazy("Statistics"), "stats", also=("report", "graph", "レポート", "グラフ")),
    Place("evaluation", lazy("Evaluation points"), "tree", also=("score",)),
    Place("operations", lazy("Operations"), "operations", limited=False, also=("jobs", "journal", "ジャーナル")),
    Place("failovers", lazy("Failovers"), "operations", limited=False, also=("cluster", "node", "クラスター")),
    Place("schedules", lazy("Schedules"), "calendar", limited=False, also=("cron",)),
    Place("feeds", lazy("Feeds"), "inventory", limited=False, also=("CVE", "KB", "patch", "更新プログラム", "脆弱性")),
    Place("people", lazy("People"), "people", "manage_people", False, ("users", "accounts", "roles", "アカウント")),
    Place("tokens", lazy("API tokens"), "command", "manage_people", False, ("API", "agents")),
    Place("audit", lazy("Audit log"), "audit", "audit", False, ("seals",)),
    Place("mfa_index", lazy("My account"), "user", also=("password", "second factor", "パスワード", "二要素")),
)
