"""The words of the remediation page, in English and Japanese: plain ones, for the person at the PC."""

TEXTS: dict[str, tuple[str, str]] = {
    "name": ("Network access", "ネットワーク接続"),
    "language": ("Language", "言語"),
    "skip": ("Skip to content", "本文へ移動"),
    "about": ("This page is about {host}.", "このページの対象: {host}"),
    "not_yours": (
        "If that is not the PC in front of you, do nothing here, and call the people named below.",
        "お使いの PC と異なる場合は操作せず、下記の連絡先にご連絡ください。",
    ),
    "cut": ("This PC is cut off from the network", "この PC はネットワークから遮断されています"),
    "cut_lead": (
        "Its security has problems that could harm others. Mend what is listed here; it is let back in as soon as a check"
        " finds it in order.",
        "ほかの PC に影響するおそれのあるセキュリティ上の問題があります。下記に対処してください。問題がないことを確認すると、接続が再開されます。",
    ),
    "person": ("An administrator has cut this PC off", "管理者がこの PC をネットワークから遮断しました"),
    "person_lead": (
        "A person has decided this, and only a person can end it. Call the people named below.",
        "管理者の判断による遮断です。解除できるのは管理者だけです。下記の連絡先にご連絡ください。",
    ),
    "refused": ("This PC is refused", "この PC は接続を拒否されています"),
    "refused_lead": (
        "The administrators have refused it access to the network. Nothing can be done about that here. Call the people"
        " named below.",
        "管理者がネットワークへの接続を拒否しています。このページでは解除できません。下記の連絡先にご連絡ください。",
    ),
    "returning": ("This PC is in order, and is being let back in", "問題は解消されました。接続を再開しています"),
    "returning_lead": (
        "This takes a moment. If it is still cut off after some minutes, unplug the network cable and plug it in again, or"
        " turn Wi-Fi off and on; then call the people named below.",
        "しばらくお待ちください。数分たっても接続できない場合は、ネットワーク ケーブルを抜き差しするか、Wi-Fi をオフにしてから"
        "オンにしてください。それでも接続できない場合は、下記の連絡先にご連絡ください。",
    ),
    "todo": ("This PC is not cut off, but something has to be mended", "遮断されていませんが、対処が必要です"),
    "todo_lead": (
        "Mend what is listed here before it gets worse.",
        "下記に対処してください。",
    ),
    "may_be_cut": (
        "It may be cut off: an administrator has still to decide that. Mend it now.",
        "遮断される可能性があります。管理者の承認待ちです。すぐに対処してください。",
    ),
    "not_judged": ("This PC has not been checked yet", "この PC はまだ判定されていません"),
    "not_judged_lead": (
        "Its inventory is known, and it will be checked in a moment.",
        "インベントリを受信しました。まもなく判定されます。",
    ),
    "fine": ("This PC is in order", "この PC に問題はありません"),
    "fine_lead": (
        "It may use the network. If it can't, unplug the network cable and plug it in again, or turn Wi-Fi off and on.",
        "ネットワークを使用できます。使用できない場合は、ネットワーク ケーブルを抜き差しするか、Wi-Fi をオフにしてからオンにしてください。",
    ),
    "fine_order": (
        "It may use the network; the network is being told.",
        "ネットワークの使用が許可されました。ネットワークに指示しています。",
    ),
    "unknown": ("We can't tell which PC this is", "どの PC か特定できません"),
    "unknown_lead": (
        "No inventory is known for the address {address}, or several PCs have it.",
        "アドレス {address} のインベントリがないか、複数の PC に割り当てられています。",
    ),
    "unknown_device": (
        "The network knows this device as {mac}, and no inventory of it has come.",
        "ネットワーク上の機器 {mac} のインベントリがありません。",
    ),
    "unknown_steps": ("What to do", "対処方法"),
    "since": ("Since", "開始日時"),
    "level": ("Level", "レベル"),
    "judged_at": ("Last check", "最終判定"),
    "reported_at": ("Last report of this PC", "最終インベントリ"),
    "messages": ("Messages to you", "お知らせ"),
    "wrong_one": ("1 thing to mend", "対処が必要な項目: 1 件"),
    "wrong": ("{count} things to mend", "対処が必要な項目: {count} 件"),
    "more": ("And {count} more.", "ほかに {count} 件あります。"),
    "found": ("Found", "現在の状態"),
    "wanted": ("Wanted", "必要な状態"),
    "how": ("How to mend it", "対処方法"),
    "administrator": (
        "This usually takes an administrator of the PC. If you are not one, call the people named below.",
        "通常は PC の管理者権限が必要です。権限がない場合は、下記の連絡先にご連絡ください。",
    ),
    "later": ("Not counted for now", "現在は除外されている項目"),
    "later_lead": (
        "These are put off. Mend them by the day that is named: from the next day on they count.",
        "一時的に除外されています。期限までに対処してください。翌日から判定の対象になります。",
    ),
    "until": ("Mend it by {day}.", "期限: {day}"),
    "check": ("Check again", "再チェック"),
    "check_lead": (
        "When you have mended everything, press this button. The PC is checked at once.",
        "すべて対処したら、ボタンを押してください。すぐに判定します。",
    ),
    "check_now": ("Check again now", "今すぐ再チェック"),
    "judging": ("The PC is being checked.", "判定しています。"),
    "waiting": (
        "Checked at {time} with the last report of this PC, which is older than your click. A new one is waited for, and"
        " checked as soon as it comes.",
        "{time} に、この PC の前回のインベントリで判定しました。新しいインベントリを待っています。受信するとすぐに判定します。",
    ),
    "woken": (
        "Its inventory program has been asked for a new report; that takes a minute or two.",
        "インベントリのプログラムに送信を依頼しました。1～2 分かかります。",
    ),
    "send_one": ("How to send a new report now", "今すぐインベントリを送信するには"),
    "done_todo": (
        "Checked with the report of {time}: what is listed here is still to be mended.",
        "{time} のインベントリで判定しました。下記の項目がまだ残っています。",
    ),
    "refreshes": ("This page renews itself.", "このページは自動的に更新されます。"),
    "stop": ("Stop renewing", "自動更新を止める"),
    "renew": ("Renew this page", "このページを更新"),
    "help": ("Whom to call", "連絡先"),
    "no_help": ("Call the service desk of your organisation.", "組織のヘルプデスクにご連絡ください。"),
    "tell_them": (
        "Tell them: {host}, address {address}, {time}.",
        "お伝えいただく内容: {host}、アドレス {address}、{time}",
    ),
    "this_pc": ("this PC", "この PC"),
    "updates_reach": (
        "While it is cut off, the PC reaches what it needs to be mended. If a download does not work, call the people"
        " named below.",
        "遮断中も、対処に必要な接続先は利用できます。ダウンロードできない場合は、下記の連絡先にご連絡ください。",
    ),
    "trouble": ("That did not work", "操作を完了できませんでした"),
    "link_over": (
        "This link is not good any more, or was not copied whole.",
        "このリンクは期限が切れているか、正しくコピーされていません。",
    ),
}


def say(word: str, language: str, **values: object) -> str:
    """The text of ``word`` in ``language`` ("ja", else English)."""
    return TEXTS[word][language == "ja"].format(**values)
