"""The antivirus item of the second judge: see ``reference_pc``."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from kanmon.common.facts import Antivirus
from kanmon.judgment.reference_pc import FAIL, NONE, PASS, UNKNOWN, Pc, Row, every, good
from kanmon.policy.compare import age_days, matcher, version_holds
from kanmon.policy.rules import JudgmentPolicy


def antivirus(policy: JudgmentPolicy, pc: Pc) -> Iterator[Row]:
    item = policy.antivirus
    if not item.products:
        return
    asked = ["product"]
    asked += ["engine"] if any(line.engine for line in item.products) else []
    dated = item.use_up_to_date_flag or item.definitions_max_age_days is not None
    asked += ["definitions"] if dated or any(line.definitions for line in item.products) else []
    asked += ["resident"] if item.not_resident else []
    accepted = []
    for found in pc.of(Antivirus):
        fitting = [product(item, line, found, pc.today) for line in item.products if matcher(line.name)(found.product)]
        if fitting:
            accepted.append(min(fitting, key=quality))
    nothing = FAIL if pc.told(Antivirus) or pc.of(Antivirus) else UNKNOWN
    for subject in asked:
        if item.products_mode == "all":
            outcome = every([answers[subject] for answers in accepted], "")
        else:
            outcome = min(accepted, key=quality)[subject] if accepted else ""
        yield (
            f"antivirus.{subject}",
            outcome or (nothing if subject == "product" or nothing == UNKNOWN else NONE),
            item.level,
        )


def quality(answers: dict[str, str]) -> tuple[Any, ...]:
    """The smaller the better: no failed answer, none unknown, resident, few failed, few unknown; then a fixed order."""
    order = [(PASS, NONE, UNKNOWN, FAIL).index(one) for one in answers.values()]
    return max(order) if max(order) > 1 else 0, order[3], order.count(3), order.count(2), order


def product(item: Any, line: Any, found: Antivirus, today: date) -> dict[str, str]:
    def version(rule: Any, value: str) -> str:
        return good(version_holds(value, rule.comparison, rule.value), UNKNOWN) if rule else NONE

    reasons = [version(line.definitions, found.definitions)]
    flag = found.up_to_date if item.use_up_to_date_flag else None
    age = age_days(found.definitions_date, today)
    if item.definitions_max_age_days is not None:
        reasons.append(good(flag if age is None else age <= item.definitions_max_age_days, UNKNOWN))
    if flag is False:
        reasons.append(FAIL)
    elif item.use_up_to_date_flag and set(reasons) == {NONE}:
        reasons.append(good(flag, UNKNOWN))
    return {
        "product": version(line.version, found.version) if line.version else PASS,
        "engine": version(line.engine, found.engine),
        "definitions": every(reasons, NONE),
        "resident": good(found.enabled, UNKNOWN) if item.not_resident else NONE,
    }
