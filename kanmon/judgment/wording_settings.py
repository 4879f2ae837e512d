"""Words for the conditions of "PC security settings", in English and Japanese."""

from kanmon.judgment.wording_protection import PROTECTION, Words

# id without "pc_settings." -> (English, Japanese)
SETTINGS: dict[str, tuple[Words, Words]] = {
    "accounts.guest_enabled": (
        Words(
            "Guest account",
            "guest account on: {names}",
            "no guest account on",
            "off",
            "Turn the guest account off in Computer Management, Users. It then shows as disabled.",
        ),
        Words(
            "ゲストアカウント",
            "ゲストアカウントが有効: {names}",
            "有効なゲストアカウントなし",
            "無効",
            "「コンピューターの管理」の「ユーザー」でゲストアカウントを無効にする。一覧に無効と表示される。",
        ),
    ),
    "passwords.vulnerable": (
        Words(
            "Vulnerable password",
            "vulnerable password{names}",
            "no vulnerable password",
            "no empty or easily guessed password",
            (
                "Set a new password in Settings, Accounts, Sign-in "
                "options. The next inventory no longer lists the account."
            ),
        ),
        Words(
            "脆弱なパスワード",
            "脆弱なパスワード{names}",
            "脆弱なパスワードなし",
            "空または推測しやすいパスワードがないこと",
            (
                "「設定」の「アカウント」の「サインイン "
                "オプション」で新しいパスワードを設定する。次のインベントリで検出されなくなる。"
            ),
        ),
    ),
    "passwords.never_expires": (
        Words(
            "Password expiry",
            "password never expires: {names}",
            "passwords expire",
            "passwords that expire",
            'Clear "Password never expires" in Computer Management, Users. The account then shows an expiry date.',
        ),
        Words(
            "パスワードの有効期限",
            "パスワードが無期限: {names}",
            "パスワードに期限あり",
            "期限のあるパスワード",
            (
                "「コンピューターの管理」の「ユーザー」で「パスワードを無期限にする」を外す。"
                "アカウントに期限が表示される。"
            ),
        ),
    ),
    "passwords.max_age_days": (
        Words(
            "Password age",
            "password too old: {names}",
            "passwords new enough",
            "{limit} days old at most",
            "Change the password with Ctrl+Alt+Del, Change a password. The next inventory shows today's date.",
        ),
        Words(
            "パスワードの経過日数",
            "パスワードが古い: {names}",
            "期限内のパスワード",
            "{limit} 日以内",
            "Ctrl+Alt+Del の「パスワードの変更」で変更する。次のインベントリに今日の日付が表示される。",
        ),
    ),
    "logon.automatic": (
        Words(
            "Automatic logon",
            "automatic logon on",
            "automatic logon off",
            "off",
            "Turn automatic logon off in netplwiz. At the next start the PC asks for a password.",
        ),
        Words(
            "自動ログオン",
            "自動ログオンが有効",
            "自動ログオンは無効",
            "無効",
            "netplwiz で自動ログオンを無効にする。次の起動時にパスワードを求められる。",
        ),
    ),
    "logon.power_on_password": (
        Words(
            "Power-on password",
            "no power-on password",
            "power-on password set",
            "set",
            "Set a power-on password in the PC's firmware setup. At the next start the PC asks for it.",
        ),
        Words(
            "パワーオンパスワード",
            "パワーオンパスワードが未設定",
            "パワーオンパスワードを設定済み",
            "設定済み",
            "ファームウェアの設定画面でパワーオンパスワードを設定する。次の起動時に入力を求められる。",
        ),
    ),
    "shared_folders.any": (
        Words(
            "Shared folders",
            "folder shared: {names}",
            "no shared folder",
            "no shared folder",
            "Stop sharing the folder in Computer Management, Shares. The list of shares no longer has it.",
        ),
        Words(
            "共有フォルダー",
            "フォルダーを共有中: {names}",
            "共有フォルダーなし",
            "共有フォルダーがないこと",
            "「コンピューターの管理」の「共有」で共有を停止する。一覧から消える。",
        ),
    ),
    "shared_folders.administrative": (
        Words(
            "Administrative shares",
            "administrative share: {names}",
            "no administrative share",
            "no administrative share",
            'Set AutoShareWks to 0 in the registry and restart. "net share" no longer lists the share.',
        ),
        Words(
            "管理共有",
            "管理共有: {names}",
            "管理共有なし",
            "管理共有がないこと",
            "レジストリの AutoShareWks を 0 にして再起動する。net share の一覧から消える。",
        ),
    ),
    "anonymous_connections.unrestricted": (
        Words(
            "Anonymous connections",
            "anonymous connections not restricted",
            "anonymous connections restricted",
            "restricted",
            "Set RestrictAnonymous to 1 in Local Security Policy. The next inventory shows the restriction.",
        ),
        Words(
            "匿名接続",
            "匿名接続の制限なし",
            "匿名接続を制限済み",
            "制限あり",
            "「ローカル セキュリティ ポリシー」で匿名接続を制限する。次のインベントリに反映される。",
        ),
    ),
    "firewall.off": (
        Words(
            "Firewall",
            "firewall off: {names}",
            "firewall on",
            "on",
            (
                "Turn the firewall on in Windows Security, Firewall & "
                "network protection (Linux: ufw enable). It then shows as on."
            ),
        ),
        Words(
            "ファイアウォール",
            "ファイアウォールが無効: {names}",
            "ファイアウォールは有効",
            "有効",
            (
                "「Windows セキュリティ」の「ファイアウォールとネットワーク保護」で有効にする（Linux "
                "は ufw enable）。有効と表示される。"
            ),
        ),
    ),
    "firewall.exceptions": (
        Words(
            "Firewall exceptions",
            "firewall exceptions permitted: {names}",
            "no exceptions",
            "no exceptions",
            (
                "Block all incoming connections in Windows Security, Firewall "
                "& network protection. The next inventory shows no exceptions."
            ),
        ),
        Words(
            "ファイアウォールの例外",
            "ファイアウォールの例外を許可: {names}",
            "例外なし",
            "例外がないこと",
            "「ファイアウォールとネットワーク保護」ですべての着信接続をブロックする。次のインベントリに反映される。",
        ),
    ),
    "automatic_updates.off": (
        Words(
            "Automatic updates",
            "automatic updates off",
            "automatic updates on",
            "on",
            (
                "Turn automatic updates on in Settings, Windows Update (Linux: "
                "unattended-upgrades). The next inventory shows them on."
            ),
        ),
        Words(
            "自動更新",
            "自動更新が無効",
            "自動更新は有効",
            "有効",
            (
                "「設定」の「Windows Update」で自動更新を有効にする（Linux "
                "は unattended-upgrades）。次のインベントリに反映される。"
            ),
        ),
    ),
    "screensaver.not_set": (
        Words(
            "Screensaver",
            "no screensaver or screen lock",
            "screensaver set",
            "set",
            "Set a screensaver or screen lock in Settings, Personalization, Lock screen. The next inventory shows it.",
        ),
        Words(
            "スクリーンセーバー",
            "スクリーンセーバーが未設定",
            "スクリーンセーバーを設定済み",
            "設定済み",
            "「設定」の「個人用設定」の「ロック画面」で設定する。次のインベントリに反映される。",
        ),
    ),
    "screensaver.no_password": (
        Words(
            "Screensaver password",
            "screensaver without a password",
            "screensaver asks for the password",
            "asks for the password",
            'Check "On resume, display logon screen" in the screensaver settings. The PC then asks for the password.',
        ),
        Words(
            "スクリーンセーバーのパスワード",
            "スクリーンセーバーのパスワードなし",
            "再開時にパスワードを要求",
            "パスワードを要求",
            "スクリーンセーバーの設定で「再開時にログオン画面に戻る」を選ぶ。再開時にパスワードを求められる。",
        ),
    ),
    "drive_encryption.off": (
        Words(
            "Drive encryption",
            "drive not encrypted: {names}",
            "encrypted",
            "encrypted",
            "Turn on BitLocker or device encryption for the drive (Linux: LUKS). The drive then shows as encrypted.",
        ),
        Words(
            "ドライブの暗号化",
            "ドライブが未暗号化: {names}",
            "暗号化済み",
            "暗号化済み",
            "BitLocker またはデバイスの暗号化を有効にする（Linux は LUKS）。暗号化済みと表示される。",
        ),
    ),
    **PROTECTION,
}
