"""Messages about settings and commands."""

from kanmon.common.messages import Message

MESSAGES: tuple[Message, ...] = (
    Message(
        "KNM6001-E",
        "Setting {name} in {source} is {value}; wanted is {wanted}.",
        "{source} の設定 {name} は {value} です。{wanted} を指定してください。",
        "A value in kanmon.toml or in the environment has the wrong type or is out of bounds.",
        "Correct the value; `kanmon check` shows every setting with its unit and default.",
    ),
    Message(
        "KNM6002-E",
        "{path} can't be read as TOML: {problem}.",
        "{path} を TOML として読めません: {problem}",
        "The file has a typing error at the line named.",
        "Correct the line, then run `kanmon check`.",
    ),
    Message(
        "KNM6003-E",
        "{path} has {name}, which is no setting; the nearest is {near}.",
        "{path} の {name} という設定はありません。最も近い設定は {near} です。",
        "The name is mistyped, or is of another version.",
        "Use a name of docs/reference/settings.md.",
    ),
    Message(
        "KNM6004-E",
        "{home} is not set up.",
        "{home} はまだセットアップされていません。",
        "`kanmon setup` has not run for this KANMON_HOME.",
        "Run `kanmon setup`, or set KANMON_HOME to the right folder.",
    ),
    Message(
        "KNM6005-E",
        "Manager address {listen} is not a loopback address, and there is no certificate.",
        "マネージャーのアドレス {listen} はループバックではありませんが、証明書がありません。",
        "Tokens and passwords would cross the network unencrypted.",
        "Set server.certificate and server.key, or server.behind_proxy when a proxy on this host ends TLS.",
    ),
    Message(
        "KNM6006-E",
        "{path} can't be read: {problem}.",
        "{path} を読めません: {problem}",
        "The file is missing, or this user may not read it.",
        "Check the path and its permissions.",
    ),
    Message(
        "KNM6007-E",
        "No Manager answers at {where}: {problem}.",
        "{where} のマネージャーが応答しません: {problem}",
        "The Manager is stopped or the address is wrong.",
        "Start it with `kanmon manager`, or correct --server.",
    ),
    Message(
        "KNM6008-E",
        "Manager address {listen} can't be used: {problem}.",
        "マネージャーのアドレス {listen} は使用できません: {problem}",
        "Another program holds the port, or the address is not on this host.",
        "Choose another with --listen, or stop the other program.",
    ),
    Message(
        "KNM6009-E",
        "Nothing was chosen to judge.",
        "判定の対象が指定されていません。",
        "The command was called without --all, -f or -k.",
        "Give --all, -f FILE (asset numbers or hosts, one a line) or -k GROUP.",
    ),
    Message(
        "KNM6010-E",
        "{what} is not there: {name}.",
        "{what} が見つかりません: {name}",
        "The name is mistyped, or it has been removed.",
        "List what there is with `kanmon pcs`, `kanmon policy list` or `kanmon operations`.",
    ),
    Message(
        "KNM6011-E",
        "More than one PC is called {name}: {numbers}.",
        "{name} に該当する PC が複数あります: {numbers}",
        "Several PCs have the same host name.",
        "Use the asset number.",
    ),
    Message(
        "KNM6012-I",
        "No Manager is running; this command does the work itself.",
        "マネージャーが停止しているため、このコマンドが処理します。",
    ),
    Message(
        "KNM6013-E",
        "The request can't be read: {problem}.",
        "要求を解釈できません: {problem}",
        "A field or parameter is missing, of the wrong type, or unknown.",
        "Correct what is named; the shapes are in /api/v1/openapi.json.",
    ),
)
