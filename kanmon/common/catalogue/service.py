"""Messages about the service."""

from kanmon.common.messages import Message

MESSAGES: tuple[Message, ...] = (
    Message(
        "KNM0001-I", "Service started on {node}, term {term}.", "{node} でサービスを開始しました（第 {term} 期）。"
    ),
    Message(
        "KNM0002-I", "Service stopped on {node}, term {term}.", "{node} のサービスを停止しました（第 {term} 期）。"
    ),
    Message(
        "KNM0003-E",
        "The Manager can't go on: {problem}.",
        "マネージャーは続行できません: {problem}",
        "The disk or the database failed.",
        "Mend what is named and start the Manager again; it goes on where it was.",
    ),
    Message(
        "KNM0004-E",
        "An unexpected error happened; it is in the service log as {reference}.",
        "予期しないエラーが発生しました。サービスログに {reference} として記録されています。",
        "A defect of Kanmon.",
        "Look into $KANMON_HOME/log/service.log for the reference, and report it.",
    ),
)
