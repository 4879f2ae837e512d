"""Messages about where a Manager may start, and about what a stop leaves behind."""

from kanmon.common.messages import Message

MESSAGES: tuple[Message, ...] = (
    Message(
        "KNM4180-E",
        "{mount} is not mounted on this machine, so no Manager starts here.",
        "このマシンに {mount} がマウントされていないため、マネージャーを起動できません。",
        "cluster.mount names a shared disk that must be in place before the start.",
        "Let the cluster software mount it, or mount it by hand once it is sure that no other machine has it.",
    ),
    Message(
        "KNM4181-E",
        "The home {home} is not on {mount}, which cluster.mount names.",
        "ホーム {home} は cluster.mount の {mount} 上にありません。",
        "Only what is on the shared disk moves to the other machine.",
        "Put the home below the mount point and set KANMON_HOME to it, or correct cluster.mount.",
    ),
    Message(
        "KNM4182-E",
        "The address {address} is on no interface of this machine, so no Manager starts here.",
        "このマシンのどのインターフェースにもアドレス {address} がないため、マネージャーを起動できません。",
        "cluster.address names the logical address that must be in place before the start.",
        "Let the cluster software set it (with Pacemaker: IPaddr2 in the same group, before Kanmon).",
    ),
    Message(
        "KNM4183-E",
        "Another Manager is alive on the disk of {home}: {other} has just written its mark there.",
        "{home} のディスクでは別のマネージャーが動作しています: {other} がディスク上の印を更新し続けています。",
        "Two machines have the disk mounted at the same time. Nothing was written by this one.",
        "Unmount the disk here at once. See that the other machine is fenced (switched off) before the next try, and"
        " check the file system then.",
    ),
    Message(
        "KNM4184-E",
        "The home {home} is on {kind} ({source}), where SQLite can't keep what it has promised.",
        "ホーム {home} は {kind}（{source}）上にあり、SQLite のデータを保証できません。",
        "Locks and syncs of network, cluster and userspace file systems are another machine's or program's word.",
        "Use a local file system (ext4, XFS) on a disk that one machine mounts at a time, or PostgreSQL.",
    ),
    Message(
        "KNM4185-E",
        "Setting cluster.address is {address}, which is no IP address.",
        "設定 cluster.address の {address} は IP アドレスではありません。",
        "A name, or an address with its prefix length, was given.",
        "Give the address alone, for example 192.0.2.10.",
    ),
    Message(
        "KNM4186-W",
        "The home was last held by {other}, since {since}; it did not stop in order.",
        "このホームを最後に使用していたのは {other}（{since} から）ですが、正常に停止していません。",
        "That machine or that process ended suddenly, or was fenced.",
        "Nothing is to be done for Kanmon: what was running is resumed. See what happened to that machine.",
    ),
    Message(
        "KNM4187-E",
        "This Manager ends at once: {other} has put its mark on the same disk.",
        "{other} が同じディスクに印を書き込んだため、このマネージャーは直ちに終了します。",
        "Another machine has mounted the disk while this one still had it.",
        "Unmount the disk on both machines, check the file system, mend the fencing, and start on one of them.",
    ),
    Message(
        "KNM4188-E",
        "The database {path} can't be brought to the journal mode of a shared disk: {problem}.",
        "データベース {path} を共有ディスク用のジャーナルモードに変更できません: {problem}",
        "Another program has the database open.",
        "End the other program (`fuser` names it), then start again.",
    ),
    Message(
        "KNM4189-E",
        "cluster.mount is {mount}, but database.shared_disk is not set.",
        "cluster.mount は {mount} ですが、database.shared_disk が設定されていません。",
        "A database that moves between machines is written in another way than one that stays.",
        "Set shared_disk = true in [database] of kanmon.toml, so that it holds on all machines and for all commands.",
    ),
    Message(
        "KNM4190-W",
        "Process {pid} of this home still lives, and no Manager answers: {what}",
        "マネージャーが応答しない状態で、このホームのプロセス {pid} が残っています: {what}",
        "A stop failed, or a Manager was killed and left this behind.",
        "`kanmon stop --force` ends it; if that fails, reset the machine before another one starts.",
    ),
    Message(
        "KNM4191-W",
        "The lease of this home is held by a process that can't be seen from here: {other}.",
        "このホームのリースを、ここからは見えないプロセスが保持しています: {other}",
        "It is in another container, or is another user's and this command does not run as root.",
        "Stop it where it runs, or run this as root.",
    ),
    Message(
        "KNM4192-W",
        "{other} held this home since {since} and did not stop in order; it is not of this machine's present boot.",
        "このホームは {since} から {other} が使用していましたが、正常に停止していません。"
        "このマシンの今回の起動によるものではありません。",
        "The other machine died or was cut off, or this one has been started anew.",
        "If it is another machine: be sure that it is off, or was fenced, before a Manager starts here.",
    ),
    Message(
        "KNM4193-I",
        "{other} did not stop in order; nothing of it lives.",
        "{other} は正常に停止していませんが、残っているプロセスはありません。",
    ),
    Message(
        "KNM4194-I",
        "A socket was left behind; the next start removes it.",
        "ソケットが残っています。次回の起動時に削除されます。",
    ),
    Message(
        "KNM4195-I",
        "No Manager of {home} is running on this machine.",
        "このマシンでは {home} のマネージャーは動作していません。",
    ),
    Message(
        "KNM4196-E",
        "The Manager (process {pid}) has not ended within {seconds} s.",
        "マネージャー（プロセス {pid}）は {seconds} 秒以内に終了しませんでした。",
        "It still ends a piece of work, or it hangs.",
        "Wait and ask again, or use --force: what is cut short is resumed by the next active Manager.",
    ),
    Message(
        "KNM4197-E",
        "The Manager of {home} can't be stopped from here: {other}.",
        "{home} のマネージャーをここからは停止できません: {other}",
        "It is in another container, or is another user's and this command does not run as root.",
        "Stop it where it runs, or run this as root.",
    ),
    Message(
        "KNM4198-E",
        "Process {pid} was killed and does not end.",
        "プロセス {pid} は強制終了しても終わりません。",
        "It hangs in the kernel, most often on a disk that does not answer.",
        "Reset the machine (fence it) before another one starts.",
    ),
    Message(
        "KNM4199-W",
        "Process {pid} was killed.",
        "プロセス {pid} を強制終了しました。",
        "It had not ended in time.",
        "Nothing is to be done: what was cut short is resumed, or in doubt.",
    ),
)
