"""Messages of the network agent: who it is, and its exchange with the Manager."""

from kanmon.common.messages import Message

MESSAGES: tuple[Message, ...] = (
    Message(
        "KNM8020-E",
        "{path} can't be used: {problem}.",
        "{path} を使用できません: {problem}。",
        "A key or certificate of the agent is not there, not readable or damaged.",
        "Look at the rights of the folder secrets, or enrol again.",
    ),
    Message(
        "KNM8021-E",
        "The agent in {home} is not enrolled.",
        "{home} のエージェントは登録されていません。",
        "It has no certificate of a Manager.",
        "Make an invitation at the Manager and run kanmon agent enrol here.",
    ),
    Message(
        "KNM8022-E",
        "That is no token of an invitation.",
        "招待のトークンではありません。",
        "A token begins with kne_; it may have been cut when it was copied.",
        "Copy it again, or make a new invitation at the Manager.",
    ),
    Message(
        "KNM8023-E",
        "No Manager has answered: {problem}.",
        "応答したマネージャーがありません: {problem}。",
        "None of the addresses can be reached, or no Manager is active.",
        "Check the addresses, and that the Manager listens for agents (agents.listen).",
    ),
    Message(
        "KNM8024-E",
        "{url} is not the Manager of this invitation: its authority is {problem}.",
        "{url} はこの招待のマネージャーではありません。認証局: {problem}。",
        "Another Manager answers there, or somebody is between.",
        "Do not go on. Compare the address with the one of the Manager that made the invitation.",
    ),
    Message(
        "KNM8025-E",
        "{url} refuses to enrol this agent: {problem}",
        "{url} はこのエージェントの登録を拒否しました: {problem}",
        "The invitation was used already, is older than an hour, or is for another name.",
        "Make a new invitation at the Manager.",
    ),
    Message(
        "KNM8026-E",
        "The certificate that the Manager gave is not one for this agent: {problem}.",
        "マネージャーから渡された証明書は、このエージェントのものではありません: {problem}。",
        "It is for another key or name, or another authority has made it.",
        "Enrol again; if it stays so, look at the Manager's log.",
    ),
    Message(
        "KNM8027-W",
        "The agent's certificate ends on {until} and could not be renewed: {problem}.",
        "エージェントの証明書の有効期限は {until} ですが、更新できませんでした: {problem}。",
        "The Manager can't be reached, or refuses.",
        "Mend the connection before that day. Afterwards the agent has to be enrolled again.",
    ),
    Message(
        "KNM8028-I",
        "The certificate of {name} was renewed until {until} (serial {serial}).",
        "{name} の証明書を {until} まで更新しました (シリアル番号 {serial})。",
    ),
    Message(
        "KNM8029-I",
        "Enrolled as {name} until {until} (serial {serial}).",
        "{name} として登録しました。有効期限 {until} (シリアル番号 {serial})。",
    ),
    Message(
        "KNM8033-W",
        "The Manager at {url} does not answer: {problem}. The agent goes on by its list.",
        "{url} のマネージャーから応答がありません: {problem}。エージェントは一覧に従って動作を続けます。",
        "The Manager or the network between is down, or its certificate is not trusted.",
        "None is needed when it comes back by itself. Else check link.managers and the Manager.",
    ),
    Message(
        "KNM8034-W",
        "The Manager at {url} is not active: {problem}",
        "{url} のマネージャーはアクティブではありません: {problem}",
        "Another node of the cluster leads.",
        "None is needed: the agent asks the next address.",
    ),
    Message(
        "KNM8035-E",
        "The Manager at {url} refuses this agent: {problem}",
        "{url} のマネージャーはこのエージェントを拒否しました: {problem}",
        "The agent was revoked or is not known there, or its certificate has ended.",
        "If it is to work again, make a new invitation at the Manager and enrol it.",
    ),
    Message(
        "KNM8036-E",
        "What the Manager at {url} says can't be understood: {problem}.",
        "{url} のマネージャーの応答を解釈できません: {problem}。",
        "Manager and agent are of versions too far apart, or something between answers.",
        "Bring both to the same version.",
    ),
    Message(
        "KNM8037-E",
        "No address of a Manager is known. The agent goes on by its list.",
        "マネージャーのアドレスがありません。エージェントは一覧に従って動作を続けます。",
        "The agent is not enrolled, or its invitation held no address.",
        "Enrol it, or set link.managers.",
    ),
    Message(
        "KNM8038-W",
        "The Manager at {url} speaks with term {term}, but {highest} has been heard: nothing it says is followed.",
        "{url} のマネージャーのタームは {term} ですが、{highest} が既に使われています。その指示には従いません。",
        "It was deposed and does not know yet, or its database was restored.",
        "None is needed after a failover. After a restore raise the era at the Manager.",
    ),
    Message(
        "KNM8039-I",
        "The Manager at {url} answers (term {term}).",
        "{url} のマネージャーが応答しました (ターム {term})。",
    ),
)
