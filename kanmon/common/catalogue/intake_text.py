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
    Message(
        "KNM1157-E",
        "The answer of Fleet is about {count} hosts; one inventory speaks of one PC.",
        "Fleet の応答に {count} 台のホストがあります。1 つのインベントリが表すのは 1 台の PC です。",
        "It is a list of hosts, an empty one, or a failing policy with all the hosts that fail it.",
        "Ask for each host by its number (hosts/ID). In Fleet, set host_batch_size of the failing policies webhook to 1.",
    ),
    Message(
        "KNM1158-E",
        "The log of osquery has no result of the query pack {pack}.",
        "osquery のログにクエリ パック {pack} の結果がありません。",
        "Kanmon takes for policies what stands in a pack of this name, and passes over other scheduled queries.",
        'Put the policies into a pack called {pack}, best with "snapshot": true.',
    ),
    Message(
        "KNM1159-E",
        "The text is about more than one PC: {hosts}.",
        "テキストに複数の PC があります: {hosts}",
        "One report speaks of one PC.",
        "Send a file for each PC.",
    ),
    Message(
        "KNM1160-E",
        "The text does not name its PC.",
        "テキストに PC 名がありません。",
        "Some lists of WMI and most keys of the registry say nothing of the machine that they are from.",
        "Put a list with a name before it (wmic os get CSName /value), or export the key "
        "HKLM\\SYSTEM\\CurrentControlSet\\Control\\ComputerName with the others.",
    ),
    Message(
        "KNM1161-E",
        "The text has more than {limit} entries.",
        "テキストの項目が {limit} 件を超えています。",
        "It is a whole registry, or the lists of many machines.",
        "Export only the keys that Kanmon judges.",
    ),
    Message(
        "KNM1162-E",
        "The exported keys of the registry tell no setting that Kanmon judges.",
        "エクスポートされたレジストリ キーに、判定対象の設定がありません。",
        "Other keys were exported, or the values are not set, so that the default of Windows holds.",
        "Export the keys that the guide on Windows without an agent lists.",
    ),
)
