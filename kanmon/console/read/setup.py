"""Setup: what holds, what is known from outside, when is judged."""

from dataclasses import replace

from kanmon.common import clock, config
from kanmon.console import setting_words
from kanmon.console.shown.setup import FeedShown, ScheduleShown, SettingShown, control_of, text_of
from kanmon.feeds import patches_store, vulnerabilities_store
from kanmon.inventory.models import Group
from kanmon.schedule import cron
from kanmon.schedule.models import Schedule
from kanmon.schedule.ticking import zone_of
from kanmon.setup import kept
from kanmon.setup.kept import InForce

SECTIONS = tuple(dict.fromkeys(setting.name.partition(".")[0] for setting in config.SETTINGS))


def settings(section: str, language: str) -> list[SettingShown]:
    """The settings of one section as they hold on this node."""
    return [_shown(one, language) for one in kept.listed(section)]


def _shown(one: InForce, language: str) -> SettingShown:
    setting = one.setting
    shown = SettingShown(
        setting.name, control_of(setting.default, setting.choices), text_of(one.shown), text_of(setting.default),
        setting_words.reason(setting, language), setting_words.unit(setting, language), setting.low, setting.high,
        setting.choices, one.source, one.fixed, one.elsewhere, setting.secret, one.changed_at, one.changed_by,
    )  # fmt: skip
    return replace(shown, was=shown.text)


def patch_feeds() -> list[FeedShown]:
    """Feeds of updates, the newest first."""
    most = int(config.get("feeds.patches_max_age_days"))
    ages = [(one, patches_store.age_days(one.dated)) for one in patches_store.listed()]
    newest = min((days for _, days in ages if days is not None), default=None)
    return [
        FeedShown(
            one.name, one.format, one.dated, days, days is not None and days == newest and days > most, one.imported_at,
            one.imported_by, one.rows, one.used,
        )
        for one, days in ages
    ]  # fmt: skip


def vulnerability_feeds() -> list[FeedShown]:
    """Feeds of security holes, by name."""
    old = {name for name, _, _ in patches_store.vulnerabilities_too_old()}
    return [
        FeedShown(
            one.name, one.format, one.dated, patches_store.age_days(one.dated), one.name in old, one.imported_at,
            one.imported_by, one.records, one.used, ", ".join(one.covers),
        )
        for one in vulnerabilities_store.listed()
    ]  # fmt: skip


def schedules() -> list[ScheduleShown]:
    """All schedules by name."""
    rows, now = list(Schedule.objects.order_by("name")), clock.now()
    paths = dict(Group.objects.filter(id__in={id for row in rows for id in row.groups}).values_list("id", "path"))
    return [
        ScheduleShown(
            row.name, row.cron, str(zone_of(row)), tuple(paths.get(id, "?") for id in row.groups), row.skip_unchanged,
            cron.following(row.cron, zone_of(row), now), row.ticked_at if row.ticked_at != row.created_at else None,
            row.author,
        )
        for row in rows
    ]  # fmt: skip
