"""Messages about mail: servers, groups of addresses, digests, mails to the users of PCs."""

from kanmon.common.messages import Message

MESSAGES: tuple[Message, ...] = (
    Message("KNM3030-I", "Taken by {server}.", "受理したサーバー: {server}"),
    Message(
        "KNM3031-E",
        "{path} names the mail group {word}, which is not there; the nearest is {nearest}.",
        "{path} のメールグループ {word} はありません。最も近い名前は {nearest} です。",
        "An action policy names a group of addresses that nobody has imported.",
        "Import it first (kanmon mail-groups import), or correct the name.",
    ),
    Message(
        "KNM3032-W",
        "The mail group {name} is not there any more: nobody of it gets the mail.",
        "メールグループ {name} は既にありません。このグループの宛先には送信されません。",
        "It was removed after the action policy had named it.",
        "Import it again, or take it out of the action policy.",
    ),
    Message(
        "KNM3033-E",
        "Line {line}, column {column}: {value} is not {wanted}.",
        "{line} 行目、{column} 列: {value} は正しくありません（{wanted}）。",
        "The file has a value that can't be one of its column.",
        "Correct the line; nothing of the file was taken.",
    ),
    Message(
        "KNM3034-E",
        "{what} would be {count}; at most {most} are possible.",
        "{what} が {count} になります。上限は {most} です。",
        "Lists of addresses are bounded.",
        "Make the list shorter, or divide it.",
    ),
    Message(
        "KNM3035-E",
        "There is no {what} {name}; the nearest is {nearest}.",
        "{what} {name} はありません。最も近い名前は {nearest} です。",
        "The name is not on the list.",
        "kanmon mail-groups list and kanmon mail-users list show the names.",
    ),
    Message(
        "KNM3036-W",
        "{count} addresses were left out: a mail goes to {most} at most.",
        "{count} 件の宛先には送信されません。1 通の宛先の上限は {most} 件です。",
        "The groups that the policy names have grown since it was saved.",
        "Divide the groups, or let the mail server have a list of its own for them.",
    ),
    Message(
        "KNM3037-E",
        "{path} would reach {count} addresses with those of its groups; at most {most} are possible.",
        "{path} の宛先はグループを含めて {count} 件になります。上限は {most} 件です。",
        "A mail goes to 100 addresses at most.",
        "Name fewer, or let the mail server have a list of its own for them.",
    ),
    Message(
        "KNM3040-I",
        "Action started: mails to users, operation {operation}, attempt {attempt}, {subject}.",
        "アクションを開始しました: 利用者へのメールの指示、処理 {operation}、{attempt} 回目、{subject}",
    ),
    Message(
        "KNM3041-I",
        "Action ended: mails to users, operation {operation}, {result}. {sentence}",
        "アクションを終了しました: 利用者へのメールの指示、処理 {operation}、{result} {sentence}",
    ),
    Message(
        "KNM3042-I",
        "Action started: mail to the user of a PC, operation {operation}, attempt {attempt}, {subject}.",
        "アクションを開始しました: PC の利用者へのメール、処理 {operation}、{attempt} 回目、{subject}",
    ),
    Message(
        "KNM3043-I",
        "Action ended: mail to the user of a PC, operation {operation}, {result}. {sentence}",
        "アクションを終了しました: PC の利用者へのメール、処理 {operation}、{result} {sentence}",
    ),
    Message(
        "KNM3044-I",
        "Mails to the users of {counted} at {level}: operation {operation}.",
        "{level} の {counted}の利用者へメール: 処理 {operation}。",
    ),
    Message("KNM3045-I", "Mails ordered: {count}.", "指示したメール: {count} 通。"),
    Message(
        "KNM3046-W",
        "PCs whose user has no address: {count} ({pcs}).",
        "利用者の宛先が不明な PC: {count} 台（{pcs}）。",
        "The PC tells no user, the list of kanmon mail-users does not have this one, and mail.user_address is empty or"
        " makes no address of this name.",
        "Import the addresses with kanmon mail-users import, or set mail.user_address.",
    ),
    Message(
        "KNM3047-W",
        "PCs whose user gets no mail, because it would wait for more than a day: {count} ({pcs}).",
        "1 日以上待つことになるため、利用者にメールを送信しない PC: {count} 台（{pcs}）。",
        "More users are to be written to than mail.users_per_hour lets through in a day.",
        "Raise mail.users_per_hour when the mail server can take it.",
    ),
    Message(
        "KNM3048-I",
        "Not sent any more: the PC is {level} now.",
        "送信しません: この PC のレベルは現在 {level} です。",
    ),
    Message(
        "KNM3049-W",
        "No mail is sent: the user of the PC has no address.",
        "メールは送信されません: PC の利用者の宛先がありません。",
        "The address that was ordered is empty.",
        "Import the addresses with kanmon mail-users import, or set mail.user_address.",
    ),
    Message(
        "KNM3050-I",
        "Collected for the mail of {at} about {level}: {counted}, operation {operation}.",
        "{at} に送信するメール（{level}）に追加: {counted}、処理 {operation}。",
    ),
    Message("KNM3051-I", "Nothing was collected for this mail.", "このメールに集められた PC はありません。"),
    Message(
        "KNM3052-E",
        "The action policy {name} orders no {what} at {level} in step {step}.",
        "アクションポリシー {name} の {level}、{step} 番目の段階に {what} はありません。",
        "There is nothing that could be shown.",
        "Choose another level or step, or add it to the policy.",
    ),
    Message(
        "KNM3053-E",
        "{what} {value} is not possible here: {wanted}.",
        "{what} に {value} は指定できません（{wanted}）。",
        "A word of the call is wrong.",
        "Give one of the values that are named.",
    ),
)
