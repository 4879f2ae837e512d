"""The words of explanations, in English and Japanese: found, wanted, how to mend.

*Found* is a clause with value and unit ("9 days old"). *How to mend* begins with a verb and ends with how one
sees that it worked, in three sentences at most. Japanese cells are in short form.
"""

from kanmon.judgment.wording_updates import TEXTS as UPDATES
from kanmon.judgment.wording_vulnerabilities import TEXTS as VULNERABILITIES
from kanmon.policy.rules_words import VersionRule

ITEM_TITLES = {
    "security_updates": ("Security updates", "更新プログラム"),
    "antivirus": ("Antivirus products", "ウイルス対策製品"),
    "prohibited_software": ("Prohibited software", "禁止ソフトウェア"),
    "mandatory_software": ("Mandatory software", "必須ソフトウェア"),
    "pc_settings": ("PC security settings", "PC のセキュリティ設定"),
    "user_definition": ("User definition", "ユーザー定義"),
    "inventory": ("Inventory", "インベントリ"),
}
LEVEL_WORDS = {
    "danger": ("Danger", "危険"),
    "warning": ("Warning", "警告"),
    "caution": ("Caution", "注意"),
    "unknown": ("Unknown", "不明"),
    "safe": ("Safe", "安全"),
    "not_applicable": ("Not applicable", "対象外"),
    "not_judged": ("Not judged yet", "未判定"),
}

# word -> (English, Japanese), filled with str.format
_TEXTS: dict[str, tuple[str, str]] = {
    **UPDATES,
    **VULNERABILITIES,
    "untold": ("not in the inventory", "インベントリにない"),
    "untold_counts": ("not in the inventory, which counts as failed", "インベントリにない（不適合とみなす）"),
    "untold_safe": ("not in the inventory, which counts as safe", "インベントリにない（適合とみなす）"),
    "os_untold": ("operating system not in the inventory", "OS がインベントリにない"),
    "untold_mend": (
        "Send an inventory that covers this; the next judgment then shows a value.",
        "この項目を含むインベントリを送る。次の判定で値が表示される。",
    ),
    "newer=": ("{0} or newer", "{0} 以降"),
    "newer": ("newer than {0}", "{0} より新しい版"),
    "older=": ("{0} or older", "{0} 以前"),
    "older": ("older than {0}", "{0} より古い版"),
    "same": ("exactly {0}", "{0}"),
    "other": ("not {0}", "{0} 以外"),
    "and_more": (" and more", " ほか"),
    "agent": ("Agent", "エージェント"),
    "agent_none": ("no agent in the inventory", "インベントリにエージェントの情報がない"),
    "agent_wanted": ("an inventory with its agent", "エージェントの情報を含むインベントリ"),
    "agent_mend": (
        "Start the inventory agent on the PC. The next judgment shows its findings.",
        "PC でインベントリのエージェントを起動する。次の判定で結果が表示される。",
    ),
    "stale": ("Age of the inventory", "インベントリの経過日数"),
    "days_old": ("{0} days old", "{0} 日前"),
    "stale_over": ("Inventory more than {0} days old", "インベントリが {0} 日より前のもの"),
    "stale_short": ("Inventory {0} days old", "インベントリが {0} 日前のもの"),
    "stale_wanted": ("{0} days old at most", "{0} 日以内"),
    "stale_unknown": ("time of the report not given", "報告日時が不明"),
    "av_product": ("Product", "製品"),
    "av_engine": ("Engine", "エンジン"),
    "av_definitions": ("Definitions", "定義ファイル"),
    "av_resident": ("Resident", "常駐"),
    "av_none": ("no antivirus product found", "ウイルス対策製品なし"),
    "av_unaccepted": ("{0}, not accepted", "{0}（承認外）"),
    "av_also": ("; also found: {0}", "、ほかに検出: {0}"),
    "av_any": ("an antivirus product", "ウイルス対策製品があること"),
    "av_one_of": ("one of: {0}", "次のいずれか: {0}"),
    "av_missing_product": ("{0}, version not given", "{0}（版の情報なし）"),
    "av_missing_engine": ("{0}, engine not given", "{0}（エンジンの情報なし）"),
    "av_missing_definitions": ("{0}, definitions not given", "{0}（定義ファイルの情報なし）"),
    "av_missing_resident": ("{0}, state not given", "{0}（状態の情報なし）"),
    "av_off": ("{0} not running", "{0} が停止中"),
    "av_on": ("{0} running", "{0} が動作中"),
    "running": ("running", "動作中"),
    "av_dated": ("{0}: definitions {1} days old", "{0}: 定義ファイルが {1} 日前のもの"),
    "av_outdated": ("{0}: definitions out of date by its own report", "{0}: 製品自身が定義ファイルを古いと報告"),
    "av_current": ("{0}: definitions up to date", "{0}: 定義ファイルは最新"),
    "up_to_date": ("up to date", "最新"),
    "av_not_asked": ("{0}, of which this is not asked", "{0}（この項目は判定しない）"),
    "av_nothing_wanted": ("nothing", "なし"),
    "av_not_judged": ("not judged by this policy", "このポリシーでは判定しない"),
    "av_version": ("{0}: {1}", "{0}: {1}"),
    "av_short": ("Antivirus definitions {0} days old", "ウイルス定義ファイルが {0} 日前のもの"),
    "av_because": (
        "Because the antivirus definitions are {0} days old and the policy allows {1}.",
        "ウイルス定義ファイルが {0} 日前のもので、ポリシーの上限 {1} 日を超えているためです。",
    ),
    "av_product_mend": (
        "Install an accepted antivirus product or update it. It then shows as found at the next inventory.",
        "承認済みのウイルス対策製品を導入または更新する。次のインベントリで検出される。",
    ),
    "av_engine_mend": (
        "Update the antivirus product in its own window. It then shows the wanted engine.",
        "ウイルス対策製品の画面で更新する。求めるエンジンの版が表示される。",
    ),
    "av_definitions_mend": (
        'Press "Check for updates" in the window of the antivirus product. The definitions then have a newer date.',
        "ウイルス対策製品の画面で「更新プログラムのチェック」を押す。定義ファイルの日付が新しくなる。",
    ),
    "av_resident_mend": (
        "Turn real-time protection on in the window of the antivirus product. It then shows as running.",
        "ウイルス対策製品の画面でリアルタイム保護を有効にする。動作中と表示される。",
    ),
    "kb_missing": ("{0} missing", "{0} が未適用"),
    "kb_in": ("installed", "適用済み"),
    "kb_wanted": ("{0} or an update that replaces it", "{0}、またはそれを置き換える更新"),
    "kb_mend": (
        "Install {0} or a later update that replaces it, then restart. Windows Update then lists it under its history.",
        "{0} か、それを置き換える更新を適用して再起動する。Windows Update の履歴に表示される。",
    ),
    "pending_security": ("Pending security updates", "未適用のセキュリティ更新"),
    "pending_other": ("Other pending updates", "未適用のその他の更新"),
    "pending": ("{0} updates not installed: {1}", "{0} 件の更新が未適用: {1}"),
    "pending_one": ("update not installed: {1}", "更新が未適用: {1}"),
    "pending_many": ("at least {0} updates not installed: {1}", "{0} 件以上の更新が未適用: {1}"),
    "pending_unknown": ("not told whether these are for security: {0}", "セキュリティ更新かどうか不明: {0}"),
    "pending_none": ("no update is waiting", "未適用の更新なし"),
    "pending_wanted": ("all installed", "すべて適用済み"),
    "pending_mend": (
        (
            "Install the waiting updates (Debian, Ubuntu: apt upgrade; "
            "Windows: Settings, Windows Update). The list is then empty."
        ),
        (
            "未適用の更新を適用する（Debian、Ubuntu は apt upgrade、"
            "Windows は「設定」の「Windows Update」）。一覧が空になる。"
        ),
    ),
    "installed": ("{0} installed", "{0} がインストール済み"),
    "more_lines": ("{0} more lines of the list", "一覧のほかの {0} 行"),
    "not_installed": ("not installed", "インストールなし"),
    "no_such_version": ("no such version installed", "該当する版のインストールなし"),
    "not_wanted": ("not installed in this version: {0}", "次の版がないこと: {0}"),
    "not_enough": ("{0}: version or publisher not given", "{0}: 版または発行元の情報なし"),
    "uninstall": (
        "Uninstall {0} in Settings, Apps, or with the package manager. The next inventory no longer lists it.",
        "「設定」の「アプリ」またはパッケージ管理で {0} をアンインストールする。次のインベントリで検出されなくなる。",
    ),
    "programs": ("List of programs", "プログラムの一覧"),
    "programs_none": ("no list of programs in the inventory", "インベントリにプログラムの一覧がない"),
    "programs_told": ("in the inventory", "インベントリにある"),
    "programs_wanted": ("an inventory that lists the programs", "プログラムの一覧を含むインベントリ"),
    "found": ("{0} found", "{0} を検出"),
    "none_of": ("none found", "検出なし"),
    "or": (" or ", " または "),
    "install": (
        "Install {0}. The next inventory then lists it.",
        "{0} をインストールする。次のインベントリで検出される。",
    ),
    "service_on": ("service running: {0}", "サービスが動作中: {0}"),
    "service_off": ("service not running: {0}", "サービスが停止中: {0}"),
    "service_none": ("no service {0}", "サービス {0} なし"),
    "not_running": ("not running", "停止"),
    "service_title": ("Service {0}", "サービス {0}"),
    "service_mend": (
        "Start {0} in Services and set it to start automatically. It then shows as running.",
        "「サービス」で {0} を開始し、自動起動にする。実行中と表示される。",
    ),
    "service_stop": (
        "Stop {0} in Services and disable it. It then shows as stopped.",
        "「サービス」で {0} を停止し、無効にする。停止と表示される。",
    ),
    "firewall_none": ("no firewall found", "ファイアウォールなし"),
    "check_wanted": ("passed", "合格"),
    "check_passed": ("passed", "合格"),
    "check_none": ("no result of this check", "この検査の結果なし"),
    "check_pass": ("passed", "合格"),
    "check_fixed": ("mended", "修正済み"),
    "check_fail": ("failed", "不合格"),
    "check_error": ("error", "エラー"),
    "check_unknown": ("unknown", "不明"),
    "check_notchecked": ("not checked", "未検査"),
    "check_notapplicable": ("not applicable", "対象外"),
    "check_informational": ("for information", "情報"),
    "check_mend": (
        "Do what the check says to mend it, and let it run again. The next results then show it as passed.",
        "検査が示す対処を行い、検査をもう一度実行する。次の結果で合格になる。",
    ),
    "other_system": ("another operating system", "対象外の OS"),
    "aged": ("{0} ({1} days)", "{0}（{1} 日）"),
    "never_locks": ("never", "ロックなし"),
    "seconds": ("{0} seconds", "{0} 秒"),
    "user_met": ("{0} holds", "{0} を満たす"),
    "user_not": ("{0} does not hold", "{0} を満たさない"),
    "and": (" and ", " かつ "),
    "user_mend": (
        "Change it so that what is wanted holds. The next judgment then shows it as Safe.",
        "求める値に変更する。次の判定で「安全」になる。",
    ),
    "because": (
        "Because of this finding: {0}. Wanted: {1}.",
        "検出した値「{0}」が、求める値「{1}」に合わないためです。",
    ),
    "because_unknown": ("Because this cannot be told: {0}.", "「{0}」により判定できないためです。"),
    "more": (" {0} more conditions fail.", "ほかに {0} 件が不適合です。"),
    "one_more": (" One more condition fails.", "ほかに 1 件が不適合です。"),
    "all_safe": ("All judged conditions hold.", "判定した条件はすべて適合しています。"),
    "nothing": ("No condition applies to this PC.", "この PC に当てはまる条件はありません。"),
    "fails_pending_security": ("security updates not installed", "セキュリティ更新が未適用"),
    "fails_pending_other": ("updates not installed", "更新が未適用"),
    "fails_product": ("no accepted antivirus product", "承認済みのウイルス対策製品なし"),
    "fails_engine": ("antivirus engine too old", "ウイルス対策エンジンが古い"),
    "fails_definitions": ("antivirus definitions too old", "ウイルス定義ファイルが古い"),
    "fails_resident": ("antivirus not running", "ウイルス対策が停止中"),
    "fails_stale": ("the newest inventory is too old", "最新のインベントリが古い"),
    "waived": ("waived", "適用除外"),
    "waived_until": (
        "Waived until {0}: {1} (approved by {2})",
        "{0} まで適用除外: {1}（承認者: {2}）",
    ),
    "gone": ("this condition is no longer in the policy", "この条件は現在のポリシーにない"),
}

_COMPARISONS = {">=": "newer=", ">": "newer", "<=": "older=", "<": "older", "==": "same", "!=": "other"}


def say(word: str, language: str, *values: object) -> str:
    """The text of ``word`` in ``language`` ("ja", else English), filled with ``values``."""
    return _TEXTS[word][language == "ja"].format(*values)


def version(rule: VersionRule, language: str) -> str:
    """ "4.18 or newer"."""
    return say(_COMPARISONS[rule.comparison], language, rule.value)


def item_title(item: str, language: str) -> str:
    """The name of an item as headings show it."""
    return ITEM_TITLES[item][language == "ja"]


def level_word(word: str, language: str) -> str:
    """The name of a level ("danger") as people read it."""
    return LEVEL_WORDS[word][language == "ja"]


def listed(names: list[str], language: str, limit: int = 5) -> str:
    """Names with commas, "and more" after ``limit``."""
    shown = ("、" if language == "ja" else ", ").join(names[:limit])
    return shown + (say("and_more", language) if len(names) > limit else "")


def programme(name: str, version_text: str) -> str:
    """Name and version, without saying the version twice."""
    return name if not version_text or version_text in name else f"{name} {version_text}"
