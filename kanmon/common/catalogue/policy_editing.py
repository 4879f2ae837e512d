"""Messages about policies that people edit in the console."""

from kanmon.common.messages import Message

MESSAGES: tuple[Message, ...] = (
    Message(
        "KNM5080-E",
        "{name} is at version {number} now, your draft was made from version {old}. It was not saved; nothing of it is"
        " lost.",
        "{name} は現在、第 {number} 版です。下書きは第 {old} 版から作られています。保存していません。下書きは失われていません。",
        "Somebody has saved the policy while it was edited.",
        "Bring the draft onto the new version on its page, look at what differs, and save it again.",
    ),
    Message(
        "KNM5081-E",
        "Say why the policy is changed. Nothing was saved yet.",
        "変更の理由を入力してください。まだ保存していません。",
        "A version keeps the reason for which it was made.",
        "Fill in the reason and save again.",
    ),
    Message(
        "KNM5082-E",
        "The rows of this draft were changed in another window meanwhile. Here it is as it stands now; what you have"
        " changed last in the other window is not in it.",
        "この下書きの行は、その間に別のウィンドウで変更されました。現在の下書きを表示しています。古いウィンドウでの最後の変更は含まれていません。",
        "The same person edits the same policy in two windows, and rows were added, moved or removed in one of them.",
        "Edit a policy in one window at a time.",
    ),
    Message(
        "KNM5083-E",
        "There is something wrong in the draft of {name}. It was not saved.",
        "{name} の下書きに誤りがあります。保存していません。",
        "A policy is saved when each of its fields can be understood.",
        "The page marks the fields, and says what to give.",
    ),
    Message(
        "KNM5084-E",
        'The text must be of the {kind} policy "{name}"; this one is of another policy.',
        "{kind} ポリシー「{name}」のテキストを指定してください。別のポリシーのものです。",
        "Kind and name of a policy stay the same while it is edited.",
        "Import the text as a policy of its own, or copy or rename the policy.",
    ),
)
