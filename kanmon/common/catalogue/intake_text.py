"""Messages about inventories that commands of Windows and osquery wrote as text."""

from kanmon.common.messages import Message

MESSAGES: tuple[Message, ...] = (
    Message(
        "KNM1150-E",
        "The report of systeminfo does not tell its {field}.",
        "systeminfo の出力に {field} がありません。",
        "The beginning of the text is missing, a value was made unreadable, or it is the output of another command.",
        "Send the whole output: systeminfo > pc.txt.",
    ),
    Message(
        "KNM1151-E",
        "The list of installed updates does not name its PC.",
        "適用済み更新の一覧に PC 名がありません。",
        "Kanmon finds the PC in the column CSName (wmic), Node (wmic with /format:csv) or Source (Get-HotFix).",
        "Make the list with all columns: wmic qfe list full > pc_qfe.txt.",
    ),
    Message(
        "KNM1152-E",
        "The list of installed updates is about more than one PC: {hosts}.",
        "適用済み更新の一覧に複数の PC があります: {hosts}",
        "One report speaks of one PC.",
        "Make a list for each PC.",
    ),
    Message(
        "KNM1153-E",
        "The text is damaged: {detail}.",
        "テキストが壊れています: {detail}",
        "It is UTF-16 text from which bytes are missing, or to which others were added.",
        "Copy the file again, as binary.",
    ),
    Message(
        "KNM1154-E",
        "The list of installed updates names no update.",
        "適用済み更新の一覧に更新がありません。",
        "There are column names and no row with a number of an update; a PC that really has none has no such list.",
        "Run the command as an administrator, and look whether it prints an error.",
    ),
    Message(
        "KNM1155-E",
        "The tables of osquery do not name the PC: {table} is missing or empty.",
        "osquery の表に PC の名前がありません。{table} がないか、空です。",
        "Kanmon knows the PC by uuid or hostname of that table.",
        'Add the answer of osqueryi --json "select * from {table}".',
    ),
    Message(
        "KNM1156-E",
        "The text has {size} bytes; at most {limit} bytes are taken.",
        "テキストが {size} バイトあります。受け付けられるのは {limit} バイトまでです。",
        "The output of these commands has some ten thousand bytes.",
        "Send the output of one command for one PC in one file.",
    ),
)
