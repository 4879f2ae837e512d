"""The antivirus item: four sub-results, and the question of which product they are about.

A PC often has two products: the one that protects it and the one that came with the system and stepped
back. Four questions are asked (product, engine, definitions, resident), and they must be answered by *one*
product: a resident product with old definitions beside a switched-off one with fresh definitions is no
protection, although each question alone would find a product that passes.

So every antivirus record is a *candidate* with four answers of its own. Its verdict is failed if any answer
failed, else unknown if any is unknown, else passed. With ``products_mode: one`` the best candidate speaks
for the PC, with all four of its answers:

1. accepted products before others;
2. passed before unknown before failed: a product whose state was not given may be good, so it saves the PC
   from failing for another one that is off, and the PC is Unknown;
3. among equals the resident one, because it is the one in use, and the one that people will mend;
4. then fewer failed answers, fewer unknown ones, and at last a fixed order, so that the same PC always gets the
   same words.

If no record is of an accepted product, ``product`` fails with the products that were found, and the other
three have nothing to be asked of. With ``products_mode: all`` every accepted product must pass each question.

A record can match several lines of the table (an old and a new version of a product, or ``*``): the line
that suits it best counts. ``product`` is name and version. ``definitions`` is all of these that the policy
asks: the definitions' version; their age; the source's own "up to date". The flag false always fails. The flag
true stands in for an age that was not given, never for one that is too old.
"""

from collections.abc import Callable, Iterator
from datetime import date

from kanmon.common.facts import CODE_OF, Antivirus
from kanmon.judgment.condition import ORDER, Condition, Fold, Outcome, Part, known, level_of
from kanmon.policy.compare import age_days, matcher, version_holds
from kanmon.policy.rules_antivirus import AntivirusItem, AntivirusProduct
from kanmon.policy.rules_words import VersionRule

Answers = tuple[Outcome, Outcome, Outcome, Outcome]
SUBJECTS = ("product", "engine", "definitions", "resident")
_NOT_ASKED = Outcome.NOT_APPLICABLE
_DIGIT = {Outcome.PASS: 0, Outcome.NOT_APPLICABLE: 1, Outcome.UNKNOWN: 2, Outcome.FAIL: 3}
_UNACCEPTED: Answers = (Outcome.FAIL, _NOT_ASKED, _NOT_ASKED, _NOT_ASKED)
_LAST = 1 << 30


def antivirus(item: AntivirusItem, today: date) -> Iterator[Condition]:
    """Those of ``antivirus.product``, ``.engine``, ``.definitions`` and ``.resident`` that are asked."""
    asked = (
        bool(item.products),
        any(one.engine for one in item.products),
        bool(item.products)
        and (
            item.use_up_to_date_flag
            or item.definitions_max_age_days is not None
            or any(one.definitions for one in item.products)
        ),
        bool(item.products) and item.not_resident,
    )
    candidate = _candidate(item, today)
    day = today if item.definitions_max_age_days is not None else None
    for place, subject in enumerate(SUBJECTS):
        if asked[place]:
            part = Part(
                key=("antivirus", place, item, day),
                cls=CODE_OF[Antivirus],
                test=_answer(candidate, place),
                fold=Fold.BEST,
                rank=_rank(candidate) if item.products_mode == "one" else _rank_all(candidate, place),
                empty=Outcome.FAIL if place == 0 else Outcome.NOT_APPLICABLE,
            )
            yield Condition(id=f"antivirus.{subject}", item="antivirus", level=level_of(item.level), parts=(part,))


def _answer(candidate: Callable[[Antivirus], Answers | None], place: int) -> Callable[[Antivirus], Outcome]:
    return lambda record: (candidate(record) or _UNACCEPTED)[place]


def _rank(candidate: Callable[[Antivirus], Answers | None]) -> Callable[[Antivirus], int]:
    def rank(record: Antivirus) -> int:
        answers = candidate(record)
        return _LAST if answers is None else _goodness(answers)

    return rank


def _rank_all(candidate: Callable[[Antivirus], Answers | None], place: int) -> Callable[[Antivirus], int]:
    def rank(record: Antivirus) -> int:
        answers = candidate(record)
        return _LAST if answers is None else ORDER[Fold.EVERY][answers[place]]

    return rank


def _goodness(answers: Answers) -> int:
    """A number that is the smaller the better the candidate; different answers never have the same."""
    failed, unknown = answers.count(Outcome.FAIL), answers.count(Outcome.UNKNOWN)
    number = 2 if failed else 1 if unknown else 0
    for digit, base in ((_DIGIT[answers[3]], 4), (failed, 5), (unknown, 5), *((_DIGIT[one], 4) for one in answers)):
        number = number * base + digit
    return number


def _candidate(item: AntivirusItem, today: date) -> Callable[[Antivirus], Answers | None]:
    """The four answers of a record by the line of the table that suits it best; None for no accepted product."""
    lines = [(matcher(one.name), one) for one in item.products]

    def candidate(record: Antivirus) -> Answers | None:
        fitting = [_answers(item, one, record, today) for named, one in lines if named(record.product)]
        return min(fitting, key=_goodness, default=None)

    return candidate


def _answers(item: AntivirusItem, line: AntivirusProduct, record: Antivirus, today: date) -> Answers:
    product = Outcome.PASS if line.version is None else _version(line.version, record.version)
    engine = _NOT_ASKED if line.engine is None else _version(line.engine, record.engine)
    resident = known(record.enabled, Outcome.UNKNOWN) if item.not_resident else _NOT_ASKED
    return product, engine, _definitions(item, line, record, today), resident


def _version(rule: VersionRule, found: str) -> Outcome:
    return known(version_holds(found, rule.comparison, rule.value), Outcome.UNKNOWN)


def _definitions(item: AntivirusItem, line: AntivirusProduct, record: Antivirus, today: date) -> Outcome:
    version = None if line.definitions is None else _version(line.definitions, record.definitions)
    flag = record.up_to_date if item.use_up_to_date_flag else None
    limit = item.definitions_max_age_days
    age = age_days(record.definitions_date, today) if limit is not None else None
    if version is Outcome.FAIL or flag is False or (age is not None and limit is not None and age > limit):
        return Outcome.FAIL
    if version is Outcome.UNKNOWN:
        return Outcome.UNKNOWN
    if limit is not None:
        return Outcome.PASS if age is not None or flag else Outcome.UNKNOWN
    if version is Outcome.PASS or flag:
        return Outcome.PASS
    return Outcome.UNKNOWN if item.use_up_to_date_flag else _NOT_ASKED
