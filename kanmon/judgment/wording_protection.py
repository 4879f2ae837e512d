"""Words for the conditions of "PC security settings" that go beyond the ten groups, in English and Japanese."""

from typing import NamedTuple


class Words(NamedTuple):
    """All for one condition. ``failed`` may hold {names} (of the records that failed)."""

    title: str
    failed: str
    passed: str
    wanted: str  # may hold {limit} and {accepted}
    mend: str


# id without "pc_settings." -> (English, Japanese)
PROTECTION: dict[str, tuple[Words, Words]] = {
    "accounts.other_administrators": (
        Words(
            "Local administrators",
            "administrator that is not accepted: {names}",
            "only accepted administrators",
            "no administrator but: {accepted}",
            "Take the account out of the group Administrators (Linux: sudo, wheel). It then shows as an ordinary account.",
        ),
        Words(
            "ローカル管理者",
            "承認外の管理者: {names}",
            "承認済みの管理者のみ",
            "管理者は次のみ: {accepted}",
            "アカウントを Administrators グループ（Linux は sudo、wheel）から外す。一般のアカウントとして表示される。",
        ),
    ),
    "firmware.secure_boot_off": (
        Words(
            "Secure boot",
            "secure boot off",
            "secure boot on",
            "on",
            "Turn secure boot on in the PC's firmware setup. The next inventory shows it as on.",
        ),
        Words(
            "セキュアブート",
            "セキュアブートが無効",
            "セキュアブートは有効",
            "有効",
            "ファームウェアの設定画面でセキュアブートを有効にする。次のインベントリに有効と表示される。",
        ),
    ),
    "firmware.no_tpm": (
        Words(
            "TPM",
            "no TPM",
            "TPM present",
            "present",
            "Turn the TPM on in the PC's firmware setup. The next inventory shows it as present.",
        ),
        Words(
            "TPM",
            "TPM なし",
            "TPM あり",
            "TPM があること",
            "ファームウェアの設定画面で TPM を有効にする。次のインベントリに表示される。",
        ),
    ),
    "remote_desktop.on": (
        Words(
            "Remote desktop",
            "remote desktop on",
            "remote desktop off",
            "off",
            "Turn remote desktop off in Settings, System (Linux: stop the server). The next inventory shows it as off.",
        ),
        Words(
            "リモートデスクトップ",
            "リモートデスクトップが有効",
            "リモートデスクトップは無効",
            "無効",
            "「設定」の「システム」で無効にする（Linux はサーバーを停止）。次のインベントリに無効と表示される。",
        ),
    ),
    "protocols.smb1": (
        Words(
            "SMBv1",
            "SMBv1 on",
            "SMBv1 off",
            "off",
            'Remove "SMB 1.0/CIFS" in Windows Features (Samba: server min protocol = SMB2). The next inventory shows it off.',
        ),
        Words(
            "SMBv1",
            "SMBv1 が有効",
            "SMBv1 は無効",
            "無効",
            "「Windows の機能」で SMB 1.0/CIFS を外す（Samba は server min protocol = SMB2）。次のインベントリに反映される。",
        ),
    ),
    "protocols.llmnr": (
        Words(
            "LLMNR",
            "LLMNR on",
            "LLMNR off",
            "off",
            'Set the policy "Turn off multicast name resolution" (systemd-resolved: LLMNR=no). The next inventory shows it off.',
        ),
        Words(
            "LLMNR",
            "LLMNR が有効",
            "LLMNR は無効",
            "無効",
            "ポリシー「マルチキャスト名前解決をオフにする」を設定する（systemd-resolved は LLMNR=no）。次に反映される。",
        ),
    ),
    "usb_storage.usable": (
        Words(
            "USB storage",
            "USB storage can be used",
            "USB storage barred",
            "barred",
            "Deny removable disks by policy (Linux: blacklist usb-storage). The next inventory shows it as barred.",
        ),
        Words(
            "USB ストレージ",
            "USB ストレージを使用可能",
            "USB ストレージは使用不可",
            "使用不可",
            "ポリシーでリムーバブルディスクを禁止する（Linux は usb-storage を blacklist）。次のインベントリに反映される。",
        ),
    ),
    "screensaver.lock_delay": (
        Words(
            "Screen lock delay",
            "screen locks too late: {names}",
            "screen locks in time",
            "locked after {limit} seconds at most",
            "Set a shorter time, and ask for the password, in the settings of the screen lock. The next inventory shows it.",
        ),
        Words(
            "画面ロックまでの時間",
            "画面ロックが遅い: {names}",
            "時間内に画面をロック",
            "{limit} 秒以内にロック",
            "画面ロックの時間を短くし、パスワードを要求する設定にする。次のインベントリに反映される。",
        ),
    ),
    "drive_encryption.method": (
        Words(
            "Encryption method",
            "method not accepted: {names}",
            "accepted method",
            "encrypted by: {accepted}",
            "Decrypt the drive and encrypt it again by an accepted method. The drive then shows it.",
        ),
        Words(
            "暗号化方式",
            "承認外の方式: {names}",
            "承認済みの方式",
            "次の方式で暗号化: {accepted}",
            "ドライブの暗号化を解除し、承認済みの方式で暗号化し直す。ドライブにその方式が表示される。",
        ),
    ),
}
