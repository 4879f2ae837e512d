"""Statistics in the console, without a browser: the table by period and group, the file, and who sees which groups."""

import csv
import html
import io
import re
from datetime import timedelta
from typing import Any

import pytest
import sample
from django.test import Client

from kanmon.accounts import scope
from kanmon.accounts.models import Role, User
from kanmon.common import zone
from kanmon.console.read import evaluation, keep
from kanmon.inventory.models import Group, Pc
from kanmon.judgment.levels import ITEMS, Level
from kanmon.judgment.models import PcState
from kanmon.statistics.models import GroupNumbers, StatisticsDay
from kanmon.statistics.numbers import decode
from kanmon.statistics.points import points

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(scope="module")
def company(django_db_setup: None, django_db_blocker: Any) -> Any:
    """The invented company, in the database for all tests here."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        sample.fill(30)
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _ready(company: Any, settings: Any) -> None:
    settings.AUTHENTICATION_BACKENDS = [BACKEND]
    keep.forget()
    scope.forget()


def client(groups: list[str] | None = None) -> Client:
    person = User.objects.create_user(f"seer-{User.objects.count()}", role=Role.VIEWER)
    if groups is not None:
        person.groups_only = list(Group.objects.filter(path__in=groups).values_list("id", flat=True))
        person.save()
    found = Client()
    found.force_login(person, backend=BACKEND)
    return found


def page(one: Client, query: str = "", language: str = "en") -> str:
    one.cookies["kanmon_language"] = language
    answer = one.get(f"/statistics{query}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_day_of_the_table_is_what_is_stored() -> None:
    yesterday = zone.today() - timedelta(days=1)
    whole = decode(GroupNumbers.objects.get(day=yesterday, group=0).body)
    good, of = whole.usage()
    text = page(client(), "?by=day")
    assert f">{100 * good / of:.1f} %</td>" in text
    assert f">{whole.levels[0]}</td>" in page(client(), "?by=day&number=level.danger&deep=0")
    assert text.count('<th scope="col" class="k-n"') == 13, "14 days, and today is not stored"


def test_months_weeks_and_days_in_both_languages() -> None:
    one = client()
    assert "Weeks from Monday." in page(one)
    assert "月曜日始まりの週単位です。" in page(one, language="ja")
    month = zone.today() - timedelta(days=1)
    assert f"{month.year}年{month.month}月" in page(one, "?by=month", "ja")
    assert f">{month:%b} {month.year}</th>" in page(one, "?by=month")


@pytest.mark.parametrize("number", ["usage.antivirus", "points", "level.danger", "mend", "mend.slow", "patched", "pcs"])
def test_each_number_has_its_page(number: str) -> None:
    assert 'id="figures"' in page(client(), f"?number={number}&by=week")


@pytest.mark.parametrize(("query", "status"), [("?by=year", 422), ("?number=x", 404), ("?group=/none", 404)])
def test_what_is_not_there_is_refused_with_a_sentence(query: str, status: int) -> None:
    assert client().get(f"/statistics{query}").status_code == status


def test_a_person_who_is_limited_sees_the_groups_that_are_theirs() -> None:
    mine, other = Group.objects.filter(parent__path="/").order_by("path")[:2]
    one = client([mine.path])
    text = page(one, "?by=day&deep=3")
    assert f">{mine.path}</th>" in text
    assert f">{other.path}</th>" not in text
    assert ">All PCs</th>" not in text
    assert one.get(f"/statistics?group={other.path}").status_code == 404
    answer = one.get("/statistics.csv?by=day&deep=3")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert {row["group"] for row in rows} == set(
        Group.objects.filter(path__startswith=mine.path).values_list("path", flat=True)
    )


def test_the_file_has_every_number_of_the_periods_shown() -> None:
    answer = client().get("/statistics.csv?by=month&deep=0")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    months = {day.replace(day=1).isoformat() for day in StatisticsDay.objects.values_list("day", flat=True)}
    assert [row["period"] for row in rows] == sorted(months)
    last = decode(GroupNumbers.objects.filter(group=0).latest("day").body)
    assert rows[-1]["level.danger"] == str(last.levels[0])
    assert rows[-1]["points"] == f"{last.points / last.pointed:.1f}"


def test_the_overview_compares_with_the_newest_stored_day_and_sums_thirty() -> None:
    one = client()
    text = one.get("/").content.decode()
    days = list(GroupNumbers.objects.filter(group=0).order_by("day"))[-30:]
    newest = decode(days[-1].body)
    safe = PcState.objects.filter(level=100).count()
    change = safe - newest.at(Level.SAFE)
    assert f"{'+' if change > 0 else ''}{change} since yesterday" in text
    assert text.count('class="k-spark k-s-') == 4
    line = re.search(r'k-spark k-s-danger.*?points="([^"]*)"', text, re.DOTALL)
    assert line is not None
    assert len(line[1].split()) == 31, "30 stored days, and now"
    hours: dict[int, int] = {}
    for row in days:
        for hour, count in decode(row.body).mended.items():
            hours[hour] = hours.get(hour, 0) + count
    every = sorted(hour for hour, count in hours.items() for _ in range(count))
    assert f">{every[(len(every) - 1) // 2] + 1} h</a>" in text
    assert newest.patched is not None
    assert f">{100 * newest.patched[0] / newest.patched[1]:.1f} %</a>" in text
    assert f">{newest.points / newest.pointed:.1f}</a>" in text


def test_the_overview_of_a_limited_person_is_of_their_groups() -> None:
    mine = Group.objects.filter(parent__path="/").order_by("path")[0]
    text = client([mine.path]).get("/").content.decode()
    newest = decode(GroupNumbers.objects.filter(group=mine.id).latest("day").body)
    below = Group.objects.filter(path__startswith=mine.path).values_list("id", flat=True)
    pcs = Pc.objects.filter(group__in=list(below), retired_at=None).values_list("id", flat=True)
    change = PcState.objects.filter(level=100, pc__in=list(pcs)).count() - newest.at(Level.SAFE)
    assert f"{'+' if change > 0 else ''}{change} since yesterday" in text
    assert f">{newest.points / newest.pointed:.1f}</a>" in text


def names(text: str) -> list[tuple[str, str]]:
    """Who stands in the table of points, with what."""
    cells = re.findall(r'<th scope="row".*?<a [^>]*>(.*?)</a>.*?<td class="k-n k-strong">(.*?)</td>', text, re.DOTALL)
    return [(html.unescape(who), told) for who, told in cells]


def test_groups_stand_by_points_the_worst_first() -> None:
    day = StatisticsDay.objects.latest("day").day
    of = {row.path: decode(row.body) for row in GroupNumbers.objects.filter(day=day)}
    wanted = sorted((one.points / one.pointed, path) for path, one in of.items() if one.pointed)
    found = [one for one in names(client().get("/evaluation").content.decode()) if one[1] != "–"]
    assert [told for _, told in found] == [f"{score:.1f}" for score, _ in wanted]
    assert {who for who, _ in found} == {"All PCs" if path == "/" else path for _, path in wanted}


def test_users_stand_by_the_points_of_their_pcs() -> None:
    scores: dict[str, list[int]] = {}
    for pc in Pc.objects.filter(managed=True, retired_at=None):
        state = PcState.objects.filter(pc=pc.id).first()
        score = None if state is None else points([getattr(state, item) for item in ITEMS])
        if score is not None:
            scores.setdefault(pc.user, []).append(score)
    wanted = {user: f"{sum(of) / len(of):.1f}" for user, of in scores.items()}
    found = names(client().get("/evaluation?by=user").content.decode())
    assert {who: told for who, told in found if told != "–"} == wanted
    told = [float(told) for _, told in found if told != "–"]
    assert told == sorted(told)


def test_points_are_of_the_groups_that_one_is_limited_to(monkeypatch: pytest.MonkeyPatch) -> None:
    mine, other = Group.objects.filter(parent__path="/").order_by("path")[:2]
    one = client([mine.path])
    assert all(who.startswith(mine.path) for who, _ in names(one.get("/evaluation").content.decode()))
    users = {who for who, _ in names(one.get("/evaluation?by=user").content.decode())}
    assert users <= set(Pc.objects.filter(group__path__startswith=mine.path).values_list("user", flat=True))
    assert one.get(f"/evaluation?by=user&group={other.path}").status_code == 404
    monkeypatch.setattr(evaluation, "MOST_PCS", 3)
    assert "Choose a smaller group." in client().get("/evaluation?by=user").content.decode()
    monkeypatch.setattr(evaluation, "PAGE", 2)
    assert len(names(client().get("/evaluation?page=2").content.decode())) == 2


def test_without_stored_days_the_page_says_the_next_step() -> None:
    GroupNumbers.objects.all().delete()
    StatisticsDay.objects.all().delete()
    text = page(client())
    assert "kanmon stats store" in text
    assert "echarts" not in text
    overview = client().get("/").content.decode()
    assert "No day is stored yet" in overview
    assert "since yesterday" not in overview
