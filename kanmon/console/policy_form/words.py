"""Labels, units and hints of fields, in English and Japanese.

A label is made from the words in which a difference is said (``policy.diff_words``): "definitions at most {0} old" has
a label before its value and a unit behind it. Only where that reads badly in a form it stands here.
"""

from kanmon.console.policy_form.shape import Shape
from kanmon.policy import diff_words

Words = tuple[str, str]

LABELS: dict[str, tuple[Words, Words]] = {
    "judge": (("Judgment target", ""), ("判定対象", "")),
    "level": (("Level when it fails", ""), ("不適合時のレベル", "")),
    "Latest.level": (("Level of all", ""), ("全体のレベル", "")),
    "Vulnerabilities.level": (("Level of all", ""), ("全体のレベル", "")),
    "missing": (("When not in the inventory", ""), ("インベントリにない場合", "")),
    "not_checked": (("Result: not checked", ""), ("結果が未検査の場合", "")),
    "not_applicable": (("Result: not applicable", ""), ("結果が対象外の場合", "")),
    "unknown": (("Result: unknown", ""), ("結果が不明の場合", "")),
    "os": (("On OS", ""), ("対象 OS", "")),
    "version": (("Version", ""), ("版", "")),
    "engine": (("Engine version", ""), ("エンジンの版", "")),
    "definitions": (("Definition version", ""), ("定義ファイルの版", "")),
    "days": (("More than", "days old"), ("経過日数の上限", "日")),
    "after_days": (("Newest report older than", "days"), ("最新の報告からの経過日数の上限", "日")),
    "stale_inventory": (("Old inventory is a finding", ""), ("古いインベントリを判定する", "")),
    "seconds": (("More than", "seconds"), ("上限", "秒")),
    "kb": (("KB number", ""), ("KB 番号", "")),
    "security": (("Security updates", ""), ("セキュリティ更新", "")),
    "other": (("Other updates", ""), ("その他の更新", "")),
    "critical": (("Critical", ""), ("緊急", "")),
    "important": (("Important", ""), ("重要", "")),
    "moderate": (("Moderate", ""), ("警告", "")),
    "low": (("Low", ""), ("注意", "")),
    "unrated": (("Without severity", ""), ("深刻度なし", "")),
    "delay_days": (("Count from", "days after the release"), ("リリースからの猶予", "日")),
    "Vulnerabilities.delay_days": (("Count from", "days after the publication"), ("公開からの猶予", "日")),
    "definitions_max_age_days": (("Definitions at most", "days old"), ("定義ファイルの経過日数の上限", "日")),
    "grace_days": (("Versions taken over after", "days"), ("版を反映するまでの日数", "日")),
    "any_of": (("One of these programs", ""), ("次のいずれかのプログラム", "")),
    "conditions": (("Conditions", ""), ("条件", "")),
    "class": (("Class of records", ""), ("クラス", "")),
    "components": (("Asked of", ""), ("対象の範囲", "")),
    "After.days": (("The same level for", "days"), ("同じレベルの継続日数", "日")),
    "judgments": (("The same level in", "judgments in a row"), ("同じレベルの連続判定回数", "回")),
    "every_days": (("Again every", "days"), ("繰り返しの間隔", "日")),
    "most": (("Again at most", "times"), ("繰り返しの上限", "回")),
    "new_pc_grace_days": (("New PCs are left alone for", "days"), ("新しい PC を対象外とする日数", "日")),
    "expires_days": (("Expires after", "days"), ("有効期間", "日")),
    "time_limit_seconds": (("Time limit", "seconds"), ("制限時間", "秒")),
}
HINTS: dict[str, Words] = {
    "AntivirusItem.products": (
        "A PC without any of these fails. Left empty, the product is not asked for.",
        "いずれの製品もない PC は不適合になります。空の場合、製品は判定しません。",
    ),
    "AntivirusProduct.name": ("* and ? stand for other letters; * alone accepts any product.", "* と ? を使えます。* だけならすべての製品を認めます。"),
    "definitions_max_age_days": (
        "Counted from the day of the definitions. Empty: age is not asked.", "定義ファイルの日付から数えます。空の場合、経過日数は判定しません。",
    ),
    "ModelPc.pc": ("Its asset number or host name.", "資産番号またはホスト名。"),
    "ProhibitedSoftware.name": ("A name, with * and ?, or /regular expression/.", "名前。* と ?、または /正規表現/ を使えます。"),
    "os": ("Family, name or name and version; * and ? stand for other letters. Empty: all.", "系統、名前、または名前と版。* と ? を使えます。空の場合はすべて。"),
    "versions": ("Such as >=1.0, <1.0.7 || >=2.0, <2.0.3", "例: >=1.0, <1.0.7 || >=2.0, <2.0.3"),
    "exclude": ("One a line.", "1 行に 1 件。"),
    "superseded_by": ("KB numbers, one a line.", "KB 番号を 1 行に 1 件。"),
    "accepted": ("One a line; * and ? stand for other letters.", "1 行に 1 件。* と ? を使えます。"),
    "Mail.to": (
        "The word administrators, or addresses and group:NAME, one a line.", "administrators、またはアドレスか group:グループ名を 1 行に 1 件。",
    ),
    "digest": ("HH:MM, one a line. Empty: sent at once.", "HH:MM を 1 行に 1 件。空の場合はすぐに送ります。"),
    "arguments": ("One a line. Keywords in braces are filled in.", "1 行に 1 件。波かっこの語は置き換えられます。"),
    "severities": ("critical, high, medium, low, info or unknown, one a line. Empty: all.", "critical、high、medium、low、info、unknown を 1 行に 1 件。空の場合はすべて。"),
    "UserCondition.class": ("pc: what is known of the PC itself; setting: a named setting.", "pc は PC 自体の情報、setting は名前付きの設定です。"),
}  # fmt: skip
VERSIONS: dict[str, Words] = {
    ">=": ("at least", "以上"), "==": ("exactly", "と一致"), "!=": ("not", "以外"), "<": ("below", "未満"),
    "<=": ("at most", "以下"), ">": ("above", "より上"),
}  # fmt: skip
SAID: dict[str, Words] = {
    "default": ("Default {0}", "既定値 {0}"),
    "range": ("from {0} to {1}", "{0} ～ {1}"),
    "was": ("was {0}", "変更前: {0}"),
    "nothing": ("empty", "空"),
    "chosen": ("on", "オン"),
    "not_chosen": ("off", "オフ"),
    "not_asked": ("not asked", "判定しない"),
    "as_it_is": ("left as it is", "変更しない"),
    "new": ("New", "新規"),
    "en": ("English", "英語"),
    "ja": ("Japanese", "日本語"),
}


def said(key: str, language: str, *values: object) -> str:
    """``SAID[key]`` filled with ``values``."""
    return SAID[key][language == "ja"].format(*values)


def label(struct: type[object], name: str, language: str) -> tuple[str, str]:
    """The label of a field and its unit ("")."""
    own = LABELS.get(f"{struct.__name__}.{name}") or LABELS.get(name)
    if own:
        return own[language == "ja"]
    template = diff_words.words(struct.__name__, name, language) or name.replace("_", " ")
    before, _, after = template.partition("{0}")
    text = before.strip(" :：、")
    return text[:1].upper() + text[1:], after.strip()


def hint(struct: type[object], name: str, shape: Shape, language: str) -> str:
    """What one should know to fill it in: its meaning, default and range."""
    own = HINTS.get(f"{struct.__name__}.{name}") or HINTS.get(name)
    parts = [own[language == "ja"]] if own else []
    if shape.default is not None and shape.kind == "number":
        parts.append(said("default", language, shape.default))
    if shape.kind == "number" and shape.low is not None and shape.high is not None:
        parts.append(said("range", language, f"{shape.low:,}", f"{shape.high:,}"))
    return join(parts, language)


def join(parts: list[str], language: str) -> str:
    """Clauses as sentences."""
    if language == "ja":
        return "".join(one if one.endswith("。") else one + "。" for one in parts)
    whole = [one[:1].upper() + one[1:] for one in parts]
    return " ".join(one if one.endswith(".") else one + "." for one in whole)


def choice(word: str, language: str) -> str:
    """A word of a choice as people read it."""
    found = diff_words.VALUES.get(word) or VERSIONS.get(word)
    return found[language == "ja"] if found else word
