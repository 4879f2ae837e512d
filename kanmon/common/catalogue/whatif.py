"""Messages about what-if."""

from kanmon.common.messages import Message

MESSAGES: tuple[Message, ...] = (
    Message(
        "KNM2130-E",
        "{name} is an action policy. It decides what is done at a level, and changes nobody's level.",
        "{name} はアクションポリシーです。レベルごとの対処を決めるもので、レベルは変わりません。",
        "What-if was asked of a document of the kind action.",
        "Give a judgment policy. To see what an action policy would change, use kanmon policy plan.",
    ),
    Message(
        "KNM2131-E",
        "Give one place only: a policy, a group, or the whole system.",
        "適用先は 1 つだけ指定してください (ポリシー、グループ、システム全体のいずれか)。",
        "More than one of --policy, --group and --system was given.",
        "Ask once for each place.",
    ),
    Message(
        "KNM2132-E",
        "There is no judgment policy {name}. Say which one it would replace (--policy), or where it would hold"
        " (--group, --system).",
        "判定ポリシー {name} はありません。置き換えるポリシー (--policy) か適用先 (--group、--system) を指定してください。",
        "A document that is not saved yet holds nowhere.",
        "Name a policy that is there, a group or the whole system.",
    ),
    Message(
        "KNM2133-W",
        "{mails} mails would be ordered, and {sent} of the {most} mails of an hour have been: what is above goes together"
        " in a later one.",
        "メール {mails} 通が指示されます。1 時間あたり {most} 通のうち {sent} 通は指示済みのため、超える分は後のメールにまとめられます。",
        "mail.per_hour limits mails.",
        "None is needed.",
    ),
    Message(
        "KNM2134-W",
        "No mail server is set, so no mail would be sent.",
        "メールサーバーが設定されていないため、メールは送信されません。",
        "mail.server is empty.",
        "Set it in kanmon.toml.",
    ),
    Message(
        "KNM2135-W",
        "A mail would go to nobody: no administrator is named.",
        "メールの宛先がありません。管理者が指定されていません。",
        "mail.administrators is empty.",
        "Set it in kanmon.toml.",
    ),
)
