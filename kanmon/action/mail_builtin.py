"""The texts of mails when a policy gives none, and the few words that are put between values."""

BUILTIN = {
    "mail": {
        "en": {
            "subject": "PCs newly at {level}: {count}",
            "body": "PCs newly at {level} in the judgment of {date}, policy {policy}: {count}\n"
            "By item: {items}\n\n{table}\n\nAll PCs at this level: {link}\n",
        },
        "ja": {
            "subject": "「{level}」になった PC: {count} 台",
            "body": "{count} 台の PC が「{level}」になりました（判定日時 {date}、アクションポリシー {policy}）。\n"
            "項目別: {items}\n\n{table}\n\nこのレベルの PC の一覧: {link}\n",
        },
    },
    "user_mail": {
        "en": {
            "subject": "Your PC {pcs} is at security level {level}",
            "body": "Your PC {pcs} does not meet the security rules: its level is {level} since {since}.\n\n"
            "{table}\n\nPlease mend this soon. Details: {link}\n",
        },
        "ja": {
            "subject": "お使いの PC {pcs} のセキュリティレベルは「{level}」です",
            "body": "お使いの PC {pcs} はセキュリティの基準を満たしていません（レベル「{level}」、{since} から）。\n\n"
            "{table}\n\n早めの対処をお願いします。詳細: {link}\n",
        },
    },
}
MORE = {"en": "and {count} more", "ja": "ほか {count} 件"}
ITEM_COUNT = {"en": "{item} {count}", "ja": "{item} {count} 台"}
LEFT_OUT = {
    "en": "The attached table has {listed} of the {count} PCs; it is bounded.",
    "ja": "添付の表は {count} 台のうち {listed} 台です（上限のため）。",
}
