"""Antivirus products, see ``tools.conditions``."""

from kanmon.common.facts import Antivirus
from tools.conditions.about import About, pc

GOOD = Antivirus("Example Antivirus", "8.1", "1.1.26010", "1.440.12", "2026-11-19", True, True)
NO_FLAG, NOT_RUNNING = "\nuse_up_to_date_flag: false", "\nnot_resident: false"
PRODUCTS = 'products:\n  - {name: "Example Antivirus*"'


def about(
    subject: str, rule: str, looks_at: str, fails: str, bad: Antivirus, passes: str, lacks: str, lacking: Antivirus
) -> About:
    """One of the four sub-results."""
    return About(
        f"antivirus.{subject}", looks_at, "antivirus", rule + "\n~", fails, pc(bad), passes, pc(GOOD), lacks,
        pc(lacking), note="One product answers all four: [how](../antivirus.md).", level="danger",
    )  # fmt: skip


ABOUT = (
    about(
        "product", f'{PRODUCTS}, version: {{value: "8.0"}}}}{NO_FLAG}{NOT_RUNNING}', "`antivirus.product`, `antivirus.version`",
        "there is no antivirus product, only others than the accepted ones, or an accepted one in another version",
        Antivirus("Another Antivirus", "3.0", enabled=True), "an accepted product in an accepted version is there",
        "the antivirus products, or the version of the accepted one", GOOD._replace(version=""),
    ),
    about(
        "engine", f'{PRODUCTS}, engine: {{value: "1.1.26000"}}}}{NO_FLAG}{NOT_RUNNING}', "`antivirus.engine`",
        "the engine does not satisfy", GOOD._replace(engine="1.1.25020"), "it does",
        "the engine", GOOD._replace(engine=""),
    ),
    about(
        "definitions", f"{PRODUCTS}}}\ndefinitions_max_age_days: 7{NOT_RUNNING}",
        "`antivirus.definitions`, `antivirus.definitions_date`, `antivirus.up_to_date`",
        "the version does not satisfy, they are more than `definitions_max_age_days` old, or the source says that they are out of date",
        GOOD._replace(definitions_date="2026-11-11"), "all that is asked of them holds",
        "what is asked of them: version, day, the source's own word", GOOD._replace(definitions_date="", up_to_date=None),
    ),
    about(
        "resident", f"{PRODUCTS}}}\nnot_resident: true{NO_FLAG}", "`antivirus.enabled`",
        "the product does not run", GOOD._replace(enabled=False), "it runs and protects",
        "whether it runs", GOOD._replace(enabled=None),
    ),
)  # fmt: skip
