"""Messages about nodes, lease and cluster software."""

from kanmon.common.messages import Message

MESSAGES: tuple[Message, ...] = (
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
