"""Messages about limits to groups, sign-in, sessions and personal data."""

from kanmon.common.messages import Message

MESSAGES: tuple[Message, ...] = (
    Message(
        "KNM7200-E",
        "This is of the whole system; {who} is limited to groups.",
        "システム全体に関わる操作です。{who} は一部のグループに限定されています。",
        "The person or token sees and changes the PCs of some groups only.",
        "Ask somebody who is not limited to groups, or ask an administrator to take the limit away.",
    ),
    Message(
        "KNM7201-E",
        "{count} groups are too many for one person; at most {most} are taken.",
        "1 人に指定できるグループは {most} 個までです（指定: {count} 個）。",
        "A limit names groups; what is below them belongs to it.",
        "Name a group above them.",
    ),
    Message(
        "KNM7210-E",
        "Somebody is called {name} already.",
        "{name} という名前はすでに使われています。",
        "Names are compared without regard to capital letters.",
        "Choose another name, or change that person.",
    ),
    Message(
        "KNM7211-E",
        "{name} is the last administrator who has a password and is not limited to groups.",
        "{name} は、パスワードを持ちグループに限定されていない最後の管理者です。",
        "Without one, nobody could let people in any more.",
        "Make somebody else an administrator first, and let them set a password.",
    ),
    Message(
        "KNM7212-E",
        "{name} can't be a name: letters, digits and @ . + - _ only, at most 150.",
        "{name} は名前にできません。文字、数字、@ . + - _ を 150 文字まで使えます。",
        "The name stands in addresses and in the audit.",
        "Choose another name.",
    ),
    Message(
        "KNM7213-E",
        "{name} is disabled.",
        "{name} は無効になっています。",
        "A link would let somebody in who must not come in.",
        "Enable the person first.",
    ),
    Message(
        "KNM7214-E",
        "{given} is no {what}; there are: {known}.",
        "{given} という {what} はありません。指定できるもの: {known}",
        "A person has one role, and a language or none.",
        "Give one of these.",
    ),
    Message(
        "KNM7215-E",
        "No group is chosen.",
        "グループが選択されていません。",
        "Who is limited to groups is limited to at least one: a limit never becomes the whole system by itself.",
        "Choose a group, or choose the whole system.",
    ),
    Message(
        "KNM7216-I",
        "{actor} made the account {name}: role {role}, limited to {limit}.",
        "{actor} がアカウント {name} を作成しました（ロール {role}、対象 {limit}）。",
    ),
    Message(
        "KNM7217-I",
        "{actor} changed {name}: role {role} (was {was_role}), limited to {limit} (was {was_limit}).",
        "{actor} が {name} を変更しました: ロール {role}（変更前 {was_role}）、対象 {limit}（変更前 {was_limit}）。",
    ),
    Message("KNM7218-I", "{actor} disabled {name}.", "{actor} が {name} を無効にしました。"),
    Message("KNM7219-I", "{actor} enabled {name} again.", "{actor} が {name} を再び有効にしました。"),
    Message(
        "KNM7220-I",
        "{actor} made a link by which {name} sets a password.",
        "{actor} が {name} のパスワード設定用リンクを作成しました。",
    ),
    Message("KNM7221-I", "{actor} set a password by a link.", "{actor} がリンクからパスワードを設定しました。"),
    Message(
        "KNM7222-E",
        "A token is good for 1 to {most} days, not {days}.",
        "トークンの有効期間は 1 ～ {most} 日です（指定: {days} 日）。",
        "Without days, it is good until it is revoked.",
        "Give another number of days, or none.",
    ),
    Message(
        "KNM7223-E",
        "Groups are chosen, and the whole system too.",
        "グループとシステム全体の両方が選択されています。",
        "Which of both is meant can't be told, and nobody gets the whole system by mistake.",
        "Choose one of both.",
    ),
    Message("KNM7224-I", "{actor} set up a second factor.", "{actor} が二要素認証を設定しました。"),
    Message("KNM7225-I", "{actor} turned the second factor off.", "{actor} が二要素認証を解除しました。"),
    Message("KNM7226-I", "{actor} made new recovery codes.", "{actor} がリカバリーコードを作り直しました。"),
    Message(
        "KNM7227-I",
        "{actor} used a recovery code.",
        "{actor} がリカバリーコードを使用しました。",
        "Each is good once; it stands for the code of an authenticator app.",
        "If it was not that person, disable them.",
    ),
    Message(
        "KNM7228-I",
        "{actor} took the second factor of {name} away.",
        "{actor} が {name} の二要素認証を解除しました。",
    ),
)
