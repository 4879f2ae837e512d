"""Messages about nodes, lease and cluster software."""

from kanmon.common.messages import Message

MESSAGES: tuple[Message, ...] = (
    Message(
        "KNM4106-E",
        "No other node could take over: {why}.",
        "引き継げるノードがありません: {why}",
        "A hand-over was asked for, but no other node lives and may lead.",
        "Start another node, or end its draining; `kanmon cluster status` shows them.",
    ),
    Message(
        "KNM4107-E",
        "This is not a cluster: the database is SQLite, where one node at a time has the disk.",
        "データベースが SQLite のため、クラスター構成ではありません。ディスクを使えるノードは一度に一つです。",
        "Hand-over, drain and join are of a cluster on PostgreSQL.",
        "Under cluster software move the group; for several nodes at a time set database.url.",
    ),
    Message(
        "KNM4108-I", "Node {node} is drained by {actor}: it leads no more.", "{actor} が {node} をドレインしました。"
    ),
    Message("KNM4109-I", "Node {node} may lead again, by {actor}.", "{actor} が {node} のドレインを解除しました。"),
    Message(
        "KNM4150-E",
        "The data key {path} can't be read: {problem}.",
        "データ鍵 {path} を読み取れません: {problem}",
        "The file is missing, damaged, or of another user.",
        "Copy secrets/data-key from another node or from a backup with secrets; a new one can't open the old secrets.",
    ),
    Message(
        "KNM4151-E",
        "The secret {name} in the database was not sealed with the data key of {home}.",
        "データベース内の秘密情報 {name} は {home} のデータ鍵で封印されたものではありません。",
        "This node has another data key than the nodes before it, or the row was changed.",
        "Join the node with `kanmon setup --join`, or copy the folder secrets/ from a node that works.",
    ),
    Message(
        "KNM4152-E",
        "This is no valid token of a node: it is unknown, used up, or older than an hour.",
        "ノードのトークンが無効です（不明、使用済み、または発行から 1 時間を超過）。",
        "Each token is good for one node and one hour.",
        "Make a new one on a node of the cluster: `kanmon cluster invite`.",
    ),
    Message(
        "KNM4153-E",
        "A second node can't join: the database is SQLite, which one node at a time may use.",
        "データベースが SQLite のため、2 台目のノードは参加できません。",
        "database.url is empty.",
        "Move to PostgreSQL, or use cluster software with a shared disk.",
    ),
    Message(
        "KNM4154-E",
        "The answer of {url} is not one to this token.",
        "{url} の応答は、このトークンに対するものではありません。",
        "Something between changed it, or another program answered.",
        "Look whether the URL is that of a node of the cluster, and make a new token.",
    ),
    Message(
        "KNM4155-E",
        "{path} holds another secret than the cluster's.",
        "{path} にはクラスターとは異なる秘密情報があります。",
        "This home was set up on its own before.",
        "Join with an empty KANMON_HOME, or move the folder secrets/ away first if nothing of it is needed.",
    ),
    Message(
        "KNM4100-I",
        "Node {node} stands by; {active} is active.",
        "{node} は待機しています。稼働系は {active} です。",
    ),
    Message(
        "KNM4101-W",
        "Node {node} leads no longer: term {term} has ended ({why}).",
        "{node} は稼働系ではなくなりました（第 {term} 期終了: {why}）。",
        "Another node has taken over, or the lease was given up.",
        "Nothing is to be done: what this node had begun is resumed by the new active node.",
    ),
    Message(
        "KNM4102-W",
        "Actions were suspended on {node} for {seconds} s: the lease could not be renewed.",
        "{node} でリースを更新できず、アクションを {seconds} 秒間停止しました。",
        "The database did not answer in time: it was restarted or failed over, or the network between was cut.",
        "Nothing is to be done for Kanmon: it goes on by itself. See why the database was away.",
    ),
    Message(
        "KNM4103-I",
        "Hand-over from {node} was asked for by {actor}.",
        "{actor} が {node} からの引き継ぎを要求しました。",
    ),
    Message(
        "KNM4104-W",
        "The process of {node} ended itself: an action that can't be taken back ran past the trust window. {where}",
        "取り消せないアクションが有効期間内に終わらなかったため、{node} のプロセスは自ら終了しました。{where}",
        "The host stood still, or the database was away, in the middle of a mail or of the start of a command.",
        "Nothing is to be done: the action is resumed, and marked as a possible repeat, or in doubt.",
    ),
    Message(
        "KNM4105-E",
        "This node can't lead: its database at {where} is a standby that can't be written.",
        "接続先のデータベース {where} は書き込みできないスタンバイのため、このノードは稼働系になれません。",
        "database.url names a server that is not the primary.",
        "Name all servers in database.url and add target_session_attrs=read-write.",
    ),
)
