"""Messages about receiving and recording inventory."""

from kanmon.common.messages import Message

MESSAGES: tuple[Message, ...] = (
    Message(
        "KNM1101-E",
        "The report is too large: {size} bytes were announced or sent, {limit} are allowed.",
        "報告が大きすぎます: {size} バイト（上限 {limit} バイト）",
        "The body is above intake.body_bytes.",
        "Leave out sections that Kanmon does not use (environment, processes).",
    ),
    Message(
        "KNM1102-E",
        "Intake takes POST only; this was {method}.",
        "インベントリの受付は POST のみです（受信: {method}）。",
        "The address of intake was opened with a browser or a wrong agent setting.",
        "Give the address to the agent as its server.",
    ),
    Message(
        "KNM1103-E",
        "{count} reports wait to be stored; send this one again in {seconds} s.",
        "{count} 件の報告が保存待ちです。{seconds} 秒後に再送してください。",
        "More reports come in than can be stored at the moment.",
        "Nothing at once; agents send again. If it stays so, look at the disk.",
    ),
    Message(
        "KNM1104-E",
        "The report could not be stored: {problem}.",
        "報告を保存できませんでした: {problem}",
        "The database could not be written.",
        "Look at the disk and the database; the agent sends again.",
    ),
    Message(
        "KNM1105-E",
        "Report {receipt} was set aside because it could not be recorded: {problem}.",
        "報告 {receipt} は記録できなかったため保留しました: {problem}",
        "A defect of Kanmon, met by something in this report.",
        "Report it with the service log; the body is kept in the receipt.",
    ),
    Message(
        "KNM1111-W",
        "The report comes from source {source}, but PC {pc} was made by source {other}.",
        "報告の送信元は {source} ですが、PC {pc} は {other} が登録したものです。",
        "Two sources report the same PC, or somebody uses another source's token.",
        "Accept it as this PC or as a new one, or reject it.",
    ),
    Message(
        "KNM1112-W",
        "The report has the serial or UUID of PC {pc}, but other MAC addresses.",
        "報告のシリアル番号または UUID は PC {pc} と同じですが、MAC アドレスが異なります。",
        "The network cards were replaced, the PC was cloned, or the maker wrote the same serial twice.",
        "Accept it as this PC or as a new one, or reject it.",
    ),
    Message(
        "KNM1113-W",
        "The report has a MAC address of PC {pc}, but another serial or UUID.",
        "報告の MAC アドレスは PC {pc} と同じですが、シリアル番号または UUID が異なります。",
        "A network adapter was moved from one PC to another.",
        "Accept it as this PC or as a new one, or reject it.",
    ),
    Message(
        "KNM1114-W",
        "The report fits more than one PC: {pcs}.",
        "報告は複数の PC に該当します: {pcs}",
        "PCs share a serial number, UUID or MAC address.",
        "Accept it as one of them or as a new one, or reject it.",
    ),
    Message(
        "KNM1115-W",
        "The report uses the agent identifier of PC {pc}, but nothing else of it: no serial, UUID or MAC address.",
        "報告のエージェント識別子は PC {pc} のものですが、シリアル番号、UUID、MAC アドレスはいずれも一致しません。",
        "A disk image was cloned together with its agent.",
        "Accept it as this PC or as a new one, or reject it.",
    ),
    Message(
        "KNM1116-E",
        "Report {receipt} is not suspected; it is {state}.",
        "報告 {receipt} は疑いの状態ではありません（{state}）。",
        "Somebody has decided it already.",
        "Look at the list of suspected reports again.",
    ),
    Message(
        "KNM1117-I",
        "Decision on a suspected report started: operation {operation}, attempt {attempt}, {subject}.",
        "疑いのある報告への決定を開始しました: 処理 {operation}、{attempt} 回目、{subject}",
    ),
    Message(
        "KNM1118-I",
        "Decision on a suspected report ended: operation {operation}, {result}. {sentence}",
        "疑いのある報告への決定を終了しました: 処理 {operation}、{result} {sentence}",
    ),
    Message("KNM1119-I", "Report {receipt} is recorded as PC {pc}.", "報告 {receipt} を PC {pc} として記録します。"),
    Message("KNM1120-I", "Report {receipt} is recorded as a new PC.", "報告 {receipt} を新しい PC として記録します。"),
    Message("KNM1121-I", "Report {receipt} was rejected.", "報告 {receipt} を却下しました。"),
)
