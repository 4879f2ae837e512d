"""Messages about operations, interruption and recovery."""

from kanmon.common.messages import Message

MESSAGES: tuple[Message, ...] = (
    Message(
        "KNM4001-W",
        "Operation {operation} was interrupted in attempt {attempt} ({subject}); it goes on by itself.",
        "処理 {operation} は {attempt} 回目の実行中に中断しました（{subject}）。自動的に再開します。",
        "The Manager ended while the operation was running.",
        "Nothing is to be done: the operation is resumed after its last committed chunk.",
    ),
    Message(
        "KNM4002-I",
        "Operation {operation} is resumed, attempt {attempt}, from {done} of {of}.",
        "処理 {operation} を再開しました（{attempt} 回目、{of} 件中 {done} 件目から）。",
    ),
    Message(
        "KNM4003-W",
        "Operation {operation}: {what} may be a repeat; receivers know it by {mark}.",
        "処理 {operation}: {what} は再送の可能性があります。受信側は {mark} で識別できます。",
        "The Manager ended between the intent and the result of the effect.",
        "Nothing is to be done; the repeat carries the same mark.",
    ),
    Message(
        "KNM4004-W",
        "Operation {operation} is in doubt ({subject}): whether it was done can't be told.",
        "処理 {operation} は結果未確定です（{subject}）。実行されたかどうか判別できません。",
        "It was interrupted, and its effect can't be repeated safely.",
        "Look whether it was done; then choose redo, it ran, or close.",
    ),
    Message(
        "KNM4005-W",
        "Operation {operation} did not succeed: {sentence} It is tried again in {seconds} s.",
        "処理 {operation} は成功しませんでした: {sentence} {seconds} 秒後に再試行します。",
        "A failure that may pass.",
        "Mend what the sentence names; the operation is tried again by itself.",
    ),
    Message(
        "KNM4006-E",
        "Another Manager works on {home}: {holder}.",
        "{home} では別のマネージャーが動作しています: {holder}",
        "The lease of this home is held by another process.",
        "Stop that process, or use it: commands reach it through its socket.",
    ),
    Message(
        "KNM4009-I",
        "Operation {operation} was cancelled by {actor}: {sentence}",
        "処理 {operation} は {actor} により取り消されました: {sentence}",
    ),
    Message(
        "KNM4010-W",
        "Failover started: term {term}; {from} had not released its lease.",
        "フェイルオーバーを開始しました（第 {term} 期）。{from} はリースを解放していません。",
        "The Manager before ended without stopping in order.",
        "Nothing is to be done; what was running is resumed.",
    ),
    Message(
        "KNM4011-I",
        "Failover ended: term {term}; put back {interrupted}, in doubt {in_doubt}.",
        "フェイルオーバーが完了しました（第 {term} 期）。再開 {interrupted} 件、結果未確定 {in_doubt} 件。",
    ),
    Message(
        "KNM4012-I",
        "Operation {operation} is held by {actor} ({subject}): {sentence}",
        "処理 {operation} は {actor} により保留されました（{subject}）: {sentence}",
    ),
    Message(
        "KNM4013-I",
        "Operation {operation} was released by {actor} ({subject}).",
        "処理 {operation} の保留は {actor} により解除されました（{subject}）。",
    ),
    Message(
        "KNM4014-I",
        "Operation {operation} was in doubt; {actor} says that it did run ({subject}): {sentence}",
        "結果未確定の処理 {operation} は、{actor} により実行済みとされました（{subject}）: {sentence}",
    ),
    Message(
        "KNM4015-I",
        "Operation {operation} was in doubt and is closed by {actor} ({subject}): {sentence}",
        "結果未確定の処理 {operation} は {actor} により終了されました（{subject}）: {sentence}",
    ),
    Message(
        "KNM4016-I",
        "Operation {operation} is done again as operation {again}, asked by {actor} ({subject}).",
        "処理 {operation} は {actor} の指示により、処理 {again} としてやり直されます（{subject}）。",
    ),
    Message(
        "KNM4020-I",
        "Window operation started: {subject}, by {actor}, operation {operation}.",
        "画面操作を開始しました: {subject}（{actor}、処理 {operation}）。",
    ),
    Message(
        "KNM4021-I",
        "Window operation ended: {subject}, operation {operation}: {result}.",
        "画面操作が終了しました: {subject}（処理 {operation}）: {result}",
    ),
    Message(
        "KNM4022-W",
        "Operation {operation} ({subject}) was suspended before its effect: the lease could not be trusted just then.",
        "処理 {operation}（{subject}）は実行前に一時停止しました。リースの有効性を確認できませんでした。",
        "The lease could not be renewed in time: the database or the network was away, or the process stood still.",
        "Nothing is to be done: it goes on as soon as the lease is renewed, here or on another node.",
    ),
    Message(
        "KNM4023-W",
        "The clock of {node} was set back by {seconds} s, or the node before was ahead by as much. Waiting operations"
        " were moved by that, so that they are not late: {count}.",
        "{node} の時計が {seconds} 秒戻されたか、直前のノードの時計がそれだけ進んでいました。"
        "遅れないように、待機中の処理 {count} 件の予定時刻を繰り上げました。",
        "Somebody or a time service has set the clock, or the clocks of two nodes differ.",
        "Let all nodes follow the same time servers (chrony, systemd-timesyncd).",
    ),
    Message(
        "KNM4017-W",
        "Changes of the inventory can't be followed yet: a write transaction of the database has been open for"
        " {seconds} s.",
        "インベントリの変更をまだ読み込めません: データベースの書き込みトランザクションが {seconds} 秒間開いたままです。",
        "Some session of the PostgreSQL cluster keeps a transaction open.",
        "Look for it in pg_stat_activity (oldest xact_start) and end it; the judgment is tried again by itself.",
    ),
)
