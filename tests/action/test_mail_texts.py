"""What mails say: keywords, HTML that is safe, Japanese that real parsers read, tables that are bounded."""

import csv
import io
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from pyroaring import BitMap

from kanmon.action import mail_table, mail_text
from kanmon.action.carry_out.mail import build
from kanmon.action.mail_text import About
from kanmon.action.models import Order
from kanmon.action.preview import preview
from kanmon.action.texts import Row
from kanmon.common import clock, config
from kanmon.common.errors import Refused
from kanmon.judgment.levels import Level
from kanmon.policy import rules, versions
from kanmon.policy.rules_action import KEYWORDS, ActionPolicy, Mail, UserMail
from tests.conformance.test_stages import arrive, bad, work_off
from tests.conformance.work import leader

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
def _settings(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KANMON_ACTION_COLLECT_SECONDS", "0")
    monkeypatch.setenv("KANMON_SERVER_PUBLIC_URL", "https://kanmon.example.test")
    monkeypatch.setenv("KANMON_SERVER_TIME_ZONE", "Asia/Tokyo")
    config.forget()


@pytest.fixture
def pcs() -> BitMap:
    """Three PCs in Danger, one of a hostile name."""
    versions.install_builtin()
    lead = leader()
    arrive(bad(1), bad(2), bad(3) | {"host": '<script>alert("1")</script>'})
    work_off(lead)
    return BitMap([1, 2, 3])


def about(pcs: BitMap, language: str = "en", **more: Any) -> About:
    return About(Level.DANGER, pcs, "Night & day", language, run=7, judged=9, changed=4, operation=12, **more)


def all_keywords() -> str:
    return "\n".join(f"{word}={{{word}}};" for word in KEYWORDS if word != "table")


def test_every_keyword_has_a_value(pcs: BitMap) -> None:
    said = mail_text.mail(Mail(body={"en": all_keywords()}), about(pcs)).body
    told = dict(line.rstrip(";").split("=", 1) for line in said.splitlines())
    assert set(told) == set(KEYWORDS) - {"table"}
    assert told | {"date": "", "since": ""} == {
        "level": "Danger", "count": "3", "policy": "Night & day", "step": "1", "days": "0", "judgments": told["judgments"],
        "pcs": '<script>alert("1")</script>, pc-0001, pc-0002', "users": "-", "items": "Antivirus products 3", "run": "7",
        "judged": "9", "changed": "4", "link": "https://kanmon.example.test/pcs?level=danger",
        "order": "https://kanmon.example.test/operations/12", "date": "", "since": "",
    }  # fmt: skip
    assert told["date"].endswith("JST")
    assert told["since"].endswith("JST")


@pytest.mark.parametrize("template", [Mail(), Mail(body={"en": "{table}"}), Mail(html={"en": "<h1>{pcs}</h1>{table}"})])
def test_html_shows_what_pcs_say_and_runs_nothing_of_it(template: Mail, pcs: BitMap) -> None:
    said = mail_text.mail(template, about(pcs))
    found = parse(said.html)
    assert "script" not in found.tags
    assert '<script>alert("1")</script>' in "".join(found.text)
    assert "table" in found.tags


def test_without_html_of_its_own_a_mail_has_its_text_as_html(pcs: BitMap) -> None:
    body = "Look < here: {link}\n\nPCs: {count}\n{table}\nBye"
    said = mail_text.mail(Mail(body={"en": body}), about(pcs))
    found = parse(said.html)
    assert {"a", "p", "br", "table"} & set(found.tags) == {"a", "p", "table"}
    assert 'href="https://kanmon.example.test/pcs?level=danger"' in said.html
    words = "".join(found.text)
    assert "Look < here: https://kanmon.example.test" in words
    assert "PCs: 3" in words
    assert "Bye" in words


def test_a_whole_document_stays_as_it_is(pcs: BitMap) -> None:
    html = "<html><body><style>p{color:red}</style><p>{count} {nothing}</p></body></html>"
    assert mail_text.mail(Mail(html={"en": html}), about(pcs)).html == html.replace("{count}", "3")


def test_the_language_chooses_the_text_and_english_stands_in(pcs: BitMap) -> None:
    assert mail_text.mail(Mail(), about(pcs, "ja")).subject == "「危険」になった PC: 3 台"
    template = Mail(subject={"en": "{count} at {level}"}, body={"en": "x"}, html={"en": "<p>y</p>"})
    said = mail_text.mail(template, about(pcs, "ja"))
    assert said.subject == "3 at 危険"
    assert said.body == "x"
    assert "<p>y</p>" in said.html
    own = Mail(body={"ja": "本文"}, html={"en": "<p>English</p>"})
    assert "本文" in mail_text.mail(own, about(pcs, "ja")).html


def test_the_user_is_told_what_is_wrong_and_how_to_mend_it(pcs: BitMap) -> None:
    said = mail_text.letter(UserMail(), about(BitMap([1])))
    assert said.subject == "Your PC pc-0001 is at security level Danger"
    assert "Antivirus" in said.body
    assert "to do: " in said.body
    assert "https://kanmon.example.test/pcs/1" in said.body
    assert "<li>" in said.html
    assert said.csv == b""


def row(number: int, text: str = "why") -> Row:
    return Row(number, f"PC{number:07d}", f"pc-{number}", "=user", "danger", text, "https://x.test", clock.now(), 3, 4)


def test_a_table_is_bounded_in_rows_and_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [row(number) for number in range(1, 200)]
    whole, listed = mail_table.as_csv(rows, "en")
    assert listed == 199
    monkeypatch.setenv("KANMON_MAIL_ATTACHMENT_BYTES", "2048")
    config.forget()
    cut, listed = mail_table.as_csv(rows, "ja")
    assert 0 < listed < 50
    assert len(cut) <= 2048
    read = list(csv.reader(io.StringIO(cut.decode("utf-8-sig"))))
    assert len(read) == listed + 1
    assert read[1][2] == "'=user"
    assert whole.count(b"\r\n") == 200
    monkeypatch.setattr(mail_table, "CSV_PCS", 5)
    assert mail_table.as_csv(rows[:6], "en")[1] == 5
    assert "and 149 more" in mail_table.as_text(rows, 199, "en")
    assert "149" in mail_table.as_html(rows, 199, "ja")


def test_a_mail_says_what_its_table_leaves_out(pcs: BitMap, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_table, "CSV_PCS", 2)
    said = mail_text.mail(Mail(body={"en": "short"}, html={"en": "<p>short</p>"}), about(pcs))
    assert said.listed == 2
    for text in (said.body, said.html):
        assert "The attached table has 2 of the 3 PCs; it is bounded." in text


@pytest.mark.parametrize(
    "subject", ["危険な PC: " + "東京本社の営業部" * 40, "a" * 490, "x\r\nBcc: evil@example.test", "絵文字 🚨" * 30]
)
def test_any_subject_arrives_as_it_was_meant(subject: str, pcs: BitMap) -> None:
    said = mail_text.mail(Mail(subject={"en": subject}), about(pcs))
    order = Order(
        operation=5, subject=said.subject, text=said.body, html=said.html, attachment=said.csv,
        recipients=["花子@example.test", "a@b.test"], message_id="<1@b.test>", created_at=clock.now(),
    )  # fmt: skip
    sent = build(order, 1, False).as_bytes()
    head = sent.partition(b"\n\n")[0]
    assert max(map(len, head.splitlines())) <= 998
    mail: Any = message_from_bytes(sent, policy=policy.default)
    wanted = " ".join(subject.split())[:500] if "\r" in subject else subject[:500]
    assert mail["Subject"] == wanted
    assert mail["Bcc"] is None
    compat = BytesHeaderParser(policy=policy.compat32).parsebytes(sent)  # an older reader: RFC 2047 word by word
    assert str(make_header(decode_header(compat["Subject"].replace("\n", "")))) == wanted
    assert mail.get_content_type() == "multipart/mixed"
    kinds = [part.get_content_type() for part in mail.walk()]
    assert kinds == ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/csv"]
    assert sent.isascii() or "花子" in order.recipients[0]


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def parse(html: str) -> _Parser:
    found = _Parser()
    found.feed(html)
    return found


class TestPolicy:
    """What a document may say of mails."""

    def load(self, text: str) -> ActionPolicy:
        policy = rules.load("kind: action\nname: x\n" + text)
        assert isinstance(policy, ActionPolicy)
        return policy

    def test_all_of_it_goes_out_and_comes_back(self) -> None:
        policy = self.load(
            """
danger:
  mail: {to: [a@b.test, "group:helpdesk", "group:夜勤 1"], html: {ja: "<b>{count}</b>"}, digest: ["08:00", "17:30"]}
  user_mail: {subject: {en: "{pcs}"}, body: {ja: "{table}"}, html: {en: "<p>{link}</p>"}}
""".replace("夜勤 1", "夜勤")
        )
        assert rules.load(rules.to_yaml(policy)) == policy
        assert policy.danger.mail is not None
        assert policy.danger.mail.groups == ("helpdesk", "夜勤")
        assert policy.danger.wanted == ("mail", "user_mail")

    @pytest.mark.parametrize(
        ("text", "id"),
        [
            ('danger: {mail: {to: ["group:"]}}', "KNM5004-E"),
            ('danger: {mail: {to: ["group:a b"]}}', "KNM5004-E"),
            ('danger: {mail: {to: ["a@b.test\\n"]}}', "KNM5004-E"),
            ('danger: {mail: {to: ["a@b@c"]}}', "KNM5004-E"),
            ('danger: {mail: {digest: ["24:00"]}}', "KNM5004-E"),
            ("danger: {mail: {html: {en: '{tabel}'}}}", "KNM5003-E"),
            ("danger: {user_mail: {html: {en: '{nobody}'}}}", "KNM5003-E"),
            ("danger: {mail: {htm: {}}}", "KNM5002-E"),
            (f"danger: {{mail: {{html: {{en: '{'x' * 100_001}'}}}}}}", "KNM5004-E"),
        ],
    )
    def test_what_is_wrong_is_refused(self, text: str, id: str) -> None:
        with pytest.raises(Refused) as refused:
            self.load(text)
        assert refused.value.message_id == id


class TestPreview:
    """A mail on real PCs that is not sent."""

    def test_it_shows_the_mail_about_those_that_are_there(self, pcs: BitMap) -> None:
        policy = rules.load("kind: action\nname: x\ndanger: {mail: {to: [a@b.test]}, user_mail: {}}")
        assert isinstance(policy, ActionPolicy)
        said = preview(policy, Level.DANGER, 1, "ja", None)
        assert (said["pcs"], said["csv_pcs"], said["to"]) == (3, 3, ["a@b.test"])
        assert "pc-0001" in said["text"]
        assert "<table" in said["html"]
        one = preview(policy, Level.DANGER, 1, "en", BitMap([2]), to_user=True)
        assert "pc-0002" in one["subject"]
        assert one["to"] == []
        assert "has no address" in one["notes"][0]

    @pytest.mark.parametrize(("level", "step"), [(Level.SAFE, 1), (Level.DANGER, 2), (Level.DANGER, 0)])
    def test_what_is_not_ordered_can_not_be_shown(self, level: Level, step: int, pcs: BitMap) -> None:
        policy = rules.load("kind: action\nname: x\ndanger: {mail: {}}")
        assert isinstance(policy, ActionPolicy)
        with pytest.raises(Refused) as refused:
            preview(policy, level, step, "en", None)
        assert refused.value.message_id == "KNM3052-E"

    def test_without_pcs_there_is_a_mail_too(self) -> None:
        policy = rules.load(
            "kind: action\nname: x\ndanger: {mail: {body: {en: '"
            + all_keywords().replace("\n", " ")
            + "'}}, user_mail: {}}"
        )
        assert isinstance(policy, ActionPolicy)
        assert preview(policy, Level.DANGER, 1, "en", BitMap())["pcs"] == 0
        assert preview(policy, Level.DANGER, 1, "en", BitMap(), to_user=True)["pcs"] == 0
