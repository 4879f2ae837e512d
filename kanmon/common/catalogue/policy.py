"""Messages about policies and their documents."""

from kanmon.common.messages import Message

_SAVE = "Mend the document at that line and save or apply it again."

MESSAGES: tuple[Message, ...] = (
    Message(
        "KNM5001-E",
        "Line {line}: the document is not YAML: {problem}.",
        "{line} 行目: YAML として読めません: {problem}。",
        "The document breaks the rules of YAML, for example by wrong indentation or an open quote.",
        'Put values that begin with > = ! * & @ % or hold ": " in quotes, and indent with blanks only.',
    ),
    Message(
        "KNM5002-E",
        'Line {line}, {path}: "{word}" is not known here. Nearest: "{nearest}". Known: {known}.',
        "{line} 行目、{path}: 「{word}」という項目はありません。近い語: 「{nearest}」。使える語: {known}。",
        "A word on the left of a colon is misspelt or stands at the wrong place.",
        _SAVE,
    ),
    Message(
        "KNM5003-E",
        'Line {line}, {path}: "{word}" is not possible. Nearest: "{nearest}". Possible: {known}.',
        "{line} 行目、{path}: 「{word}」は指定できません。近い語: 「{nearest}」。指定できる語: {known}。",
        "The value must be one of a few words.",
        _SAVE,
    ),
    Message(
        "KNM5004-E",
        'Line {line}, {path}: {wanted} is wanted, "{found}" is given.',
        "{line} 行目、{path}: {wanted} を指定してください。指定された値: 「{found}」。",
        "The value is of another kind, out of its bounds, or too long.",
        _SAVE,
    ),
    Message(
        "KNM5005-E",
        'Line {line}, {path}: "{word}" is missing.',
        "{line} 行目、{path}: 「{word}」がありません。",
        "A part of the document lacks a value that has no default.",
        _SAVE,
    ),
    Message(
        "KNM5006-E",
        'Line {line}, {path}: the pattern "{word}" cannot be used: {problem}.',
        "{line} 行目、{path}: パターン「{word}」は使えません: {problem}。",
        "The expression between the slashes is not one of RE2, which has no look-around and no back-references.",
        "Use plain text, * and ?, or a regular expression of RE2.",
    ),
    Message(
        "KNM5007-E",
        'Line {line}, {path}: "{word}" stands twice.',
        "{line} 行目、{path}: 「{word}」が二重に指定されています。",
        "The same word stands twice in one part, so one of the two would be lost.",
        _SAVE,
    ),
    Message(
        "KNM5008-E",
        "The document is too large: {problem}.",
        "文書が大きすぎます: {problem}。",
        "A policy document may have 4,000,000 characters, 500,000 values and 20 levels of indentation.",
        "Divide the policy, or replace long lists of names by patterns.",
    ),
    Message(
        "KNM5009-E",
        "Line {line}, {path}: what is done at every judgment can't be repeated by days.",
        "{line} 行目、{path}: 判定のたびに実行するものは、日数による繰り返しを指定できません。",
        "A level has both when: every_judgment and repeat.",
        "Take one of them away.",
    ),
    Message(
        "KNM5010-E",
        "Line {line}, {path}: a later step must say after, with more days or judgments than the step before ({days} days,"
        " {judgments} judgments).",
        "{line} 行目、{path}: 後の段階には、前の段階（{days} 日、判定 {judgments} 回）より大きい日数または判定回数を after に指定してください。",
        "The steps of a level come one after the other.",
        "Give it after with days or judgments.",
    ),
)
