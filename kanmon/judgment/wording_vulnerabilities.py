"""The words of explanations of packages with security holes, in English and Japanese; ``wording.say`` knows them."""

TEXTS: dict[str, tuple[str, str]] = {
    "holes": ("Packages without security holes", "パッケージの脆弱性"),
    "holes_critical": ("Packages with security holes, critical", "パッケージの脆弱性（緊急）"),
    "holes_important": ("Packages with security holes, important", "パッケージの脆弱性（重要）"),
    "holes_moderate": ("Packages with security holes, moderate", "パッケージの脆弱性（警告）"),
    "holes_low": ("Packages with security holes, low", "パッケージの脆弱性（注意）"),
    "holes_unrated": ("Packages with security holes without a severity", "パッケージの脆弱性（深刻度なし）"),
    "holes_wanted": (
        "no package with a known hole, as known on {0}",
        "既知の脆弱性があるパッケージがないこと（{0} 時点の脆弱性情報）",
    ),
    "holes_wanted_delay": (
        "no package with a hole that has been known for {1} days, as known on {0}",
        "公開から {1} 日を過ぎた脆弱性があるパッケージがないこと（{0} 時点の脆弱性情報）",
    ),
    "holes_found_one": ("1 package with security holes: {1}", "脆弱性がある 1 件のパッケージ: {1}"),
    "holes_found": ("{0} packages with security holes: {1}", "脆弱性がある {0} 件のパッケージ: {1}"),
    "holes_more": ("{0} and {1:,} more", "{0} ほか {1:,} 件"),
    "holes_fixed": ("mended in {0}", "{0} で修正"),
    "holes_unfixed": ("a version that mends all is not told", "すべてを修正した版は示されていない"),
    "holes_short": ("packages with security holes", "脆弱性があるパッケージ"),
    "holes_none": ("none known", "既知の脆弱性なし"),
    "holes_no_linux": ("no Linux", "Linux 以外"),
    "holes_no_feed": ("no vulnerability feed was imported", "脆弱性情報が取り込まれていない"),
    "holes_strange": (
        "{0}: the distribution or its release is not known here",
        "{0}: ディストリビューションまたはそのリリースを判別できない",
    ),
    "holes_not_covered": (
        "no vulnerability feed tells all holes of {0}",
        "{0} のすべての脆弱性を示す脆弱性情報がない",
    ),
    "holes_no_packages": (
        "the inventory tells no package of the kind {0}",
        "インベントリに {0} のパッケージがない",
    ),
    "holes_mend": (
        "Update {0} to {1} or a later version (apt, dnf or zypper), and restart what uses it. The next inventory then shows it.",
        "{0} を {1} 以降に更新し（apt、dnf、zypper）、使用中のプログラムを再起動する。次のインベントリに表示される。",
    ),
    "holes_mend_all": (
        "Update the packages (apt, dnf or zypper), or remove those that are not needed.",
        "パッケージを更新するか（apt、dnf、zypper）、不要なものを削除する。",
    ),
    "holes_feed_mend": (
        "Import a feed of this release (kanmon feed vulnerabilities FILE). The next judgment then knows its holes.",
        "このリリースの脆弱性情報を取り込む（kanmon feed vulnerabilities ファイル）。次の判定で脆弱性が判別される。",
    ),
}
