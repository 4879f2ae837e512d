"""Messages of the remediation page: most are read by the person at the PC."""

from kanmon.common.messages import Message

MESSAGES: tuple[Message, ...] = (
    Message(
        "KNM8500-E",
        "Too many requests at once. Wait ten seconds, then load the page again.",
        "要求が多すぎます。10 秒待ってから、ページを再読み込みしてください。",
        "One address, or all together, asked for the remediation page too often.",
        "Wait. If it goes on, see which PC asks: the requests come from its address.",
    ),
    Message(
        "KNM8501-E",
        "This PC was checked less than {seconds} seconds ago. Wait a moment, then press the button again.",
        "この PC は {seconds} 秒以内に判定されています。しばらく待ってから、もう一度ボタンを押してください。",
        "Two checks of one PC must be portal.check_seconds apart.",
        "Wait, and ask again.",
    ),
    Message(
        "KNM8502-E",
        "Many PCs are being checked just now. Wait some minutes, then press the button again; a new report of this PC is"
        " checked all the same.",
        "現在、多くの PC を判定しています。数分待ってから、もう一度ボタンを押してください。この PC の新しいインベントリは通常どおり判定されます。",
        "All PCs together have asked for more checks in an hour than portal.checks_per_hour.",
        "Wait; or raise portal.checks_per_hour if so many PCs are in quarantine.",
    ),
    Message(
        "KNM8503-E",
        "This PC has been checked {most} times in an hour. Wait for the next hour, or call the people named below; a new"
        " report of this PC is checked all the same.",
        "この PC は 1 時間に {most} 回判定されました。1 時間後にもう一度操作するか、下記の連絡先にご連絡ください。"
        "この PC の新しいインベントリは通常どおり判定されます。",
        "One PC may ask so many times in an hour.",
        "Wait, or look at what is wrong with the PC in the console.",
    ),
    Message(
        "KNM8504-E",
        "There is no remediation page.",
        "対処ページが設定されていません。",
        "The setting portal.listen is empty.",
        'Set portal.listen, for example to "0.0.0.0:8088", and restart the Manager.',
    ),
    Message(
        "KNM8505-E",
        "A link can't be good for {days} days; 1 to {most} may be.",
        "リンクの有効期間に {days} 日は指定できません。1～{most} 日を指定してください。",
        "A link that is good for ever is a link that anybody finds one day.",
        "Give fewer days.",
    ),
    Message(
        "KNM8506-E",
        "portal.proxies can't be used: {problem}.",
        "portal.proxies を使用できません: {problem}",
        "One of its texts is neither an address nor a network.",
        "Write addresses and networks like 192.0.2.7, 10.0.0.0/8 and 2001:db8::/64.",
    ),
    Message(
        "KNM8507-E",
        "This page is too old, or belongs to another PC. Load it again, then press the button.",
        "ページの有効期限が切れているか、別の PC のページです。ページを再読み込みしてから、ボタンを押してください。",
        "A form is good for an hour, for one PC; a PC that was refused, or cut off by a person, can't ask for a check.",
        "Load the page again.",
    ),
    Message(
        "KNM8508-E",
        "The page can't be shown just now. It tries again by itself in ten seconds.",
        "現在ページを表示できません。10 秒後に自動的に再試行します。",
        "The database does not answer, or the Manager is stopping.",
        "Wait. If it goes on, see the Manager log.",
    ),
    Message(
        "KNM8509-E",
        "{method} is not answered here.",
        "{method} には対応していません。",
        "Only GET, HEAD and the page's own form are.",
        "Open the page in a browser.",
    ),
)
