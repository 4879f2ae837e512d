"""Messages about the audit."""

from kanmon.common.messages import Message

MESSAGES: tuple[Message, ...] = (
    Message(
        "KNM4200-I",
        "The audit is sealed through row {row}. Newest seal: {seal}",
        "監査記録を {row} 行目まで封印しました。最新の封印: {seal}",
        "Written at each start and stop, and at most once an hour. The text after the colon stands for all of the"
        " audit up to that row.",
        "Keep a copy of the Manager log elsewhere; `kanmon audit verify --seal TEXT` compares.",
    ),
    Message("KNM4201-I", "{actor} signed in.", "{actor} がサインインしました。"),
    Message(
        "KNM4202-W",
        "A sign-in failed ({actor}).",
        "サインインに失敗しました（{actor}）。",
        "A wrong password, an unknown name, or a token that is wrong or revoked. Names that nobody has are not kept:"
        " people type passwords there.",
        "One is a typing error; many from one address are somebody who guesses.",
    ),
    Message("KNM4203-I", "{actor} signed out.", "{actor} がサインアウトしました。"),
    Message(
        "KNM4204-W",
        "{actor} was refused: it needs the permission to {verb} ({subject}).",
        "{actor} は拒否されました。{verb} の権限が必要です（{subject}）。",
        "The role of the person or token does not allow it.",
        "Ask whether it was a mistake; an administrator can give another role.",
    ),
    Message(
        "KNM4205-W",
        "{count} more of these came from {caller} within {seconds} s; they were refused too and are not listed singly.",
        "{caller} から {seconds} 秒間にさらに {count} 件ありました。すべて拒否し、個別には記録していません。",
        "At most so many rows a minute are written of one caller, so that a flood does not fill the disk.",
        "Look who it is, and close the door to them before Kanmon.",
    ),
    Message("KNM4206-I", "{actor} exported: {subject}.", "{actor} がエクスポートしました: {subject}"),
    Message(
        "KNM4207-I",
        "{actor} made the token {name} (role {role}).",
        "{actor} がトークン {name} を作成しました（ロール {role}）。",
    ),
    Message("KNM4208-I", "{actor} revoked the token {name}.", "{actor} がトークン {name} を失効させました。"),
    Message(
        "KNM4209-I",
        "Started with other settings than before: {subject}.",
        "前回と異なる設定で起動しました: {subject}",
    ),
    Message(
        "KNM4210-I",
        "{rows} audit rows that were sealed more than {days} days ago were removed, through seal {seal}.",
        "{days} 日より前に封印された監査記録 {rows} 行を、封印 {seal} まで削除しました。",
    ),
    Message(
        "KNM4211-E",
        "Row {row} of the audit was changed after it was sealed (seal {seal}).",
        "監査記録の {row} 行目は、封印（{seal}）の後に変更されています。",
        "The row's content is not what its seal stands for.",
        "Somebody has written to the database beside Kanmon. Compare with a backup or an export, and find out who could.",
    ),
    Message(
        "KNM4212-E",
        "Row {row} of the audit is missing; it was sealed (seal {seal}).",
        "監査記録の {row} 行目がありません。封印（{seal}）されていた行です。",
        "The row was removed, and not by Kanmon's retention.",
        "Somebody has written to the database beside Kanmon. Compare with a backup or an export, and find out who could.",
    ),
    Message(
        "KNM4213-E",
        "Row {row} of the audit was inserted later: it stands before seal {seal} and is not part of it.",
        "監査記録の {row} 行目は後から挿入されています。封印 {seal} より前にありますが、封印に含まれていません。",
        "The row was added where the audit had been sealed already.",
        "Somebody has written to the database beside Kanmon. Compare with a backup or an export, and find out who could.",
    ),
    Message(
        "KNM4214-E",
        "Seal {seal} is missing.",
        "封印 {seal} がありません。",
        "The seal was removed, or the database was set back to a time before it (a restore does that).",
        "If nobody has restored a backup, somebody has written to the database beside Kanmon.",
    ),
    Message(
        "KNM4215-E",
        "Seal {seal} was changed.",
        "封印 {seal} は変更されています。",
        "The seal does not fit to itself, or not to the seal after it.",
        "Somebody has written to the database beside Kanmon. Compare with a backup or an export, and find out who could.",
    ),
    Message("KNM4216-I", "{actor} changed their password.", "{actor} がパスワードを変更しました。"),
    Message(
        "KNM4217-E",
        "Seal {seal} is not the one that was given: the audit up to it was rewritten, seals and all.",
        "封印 {seal} は指定されたものと異なります。そこまでの監査記録は、封印も含めて書き換えられています。",
        "The text that was given was copied when the seal was made; the database now says something else.",
        "Trust the copy, if it could not be changed. Compare with backups, and find out who could write the database.",
    ),
    Message(
        "KNM4218-I",
        "{actor} began: {kind} {subject} (operation {operation}).",
        "{actor} が開始しました: {kind} {subject}（処理 {operation}）",
    ),
    Message(
        "KNM4219-I",
        "An account was made: {actor} (role {role}).",
        "アカウントを作成しました: {actor}（ロール {role}）",
    ),
)
