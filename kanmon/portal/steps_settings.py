"""Steps to mend: PC security settings."""

from kanmon.portal.steps_words import ANY, LINUX, WINDOWS, Steps

_ACCOUNTS = "Press the Windows key, type Computer Management, and open it. Choose Local Users and Groups, then Users."
_ACCOUNTS_JA = "Windows キーを押して「コンピューターの管理」と入力し、開きます。「ローカル ユーザーとグループ」、「ユーザー」の順に選びます。"
_SCREEN = "Open Settings, then Personalization, then Lock screen, then Screen saver."
_SCREEN_JA = "「設定」を開き、「個人用設定」、「ロック画面」、「スクリーン セーバー」の順に選びます。"
_SCREEN_LINUX = "Open Settings, then Privacy, then Screen lock."
_SCREEN_LINUX_JA = "「設定」を開き、「プライバシー」、「画面ロック」の順に選びます。"
_FIRMWARE = (
    "Restart the PC into its firmware setup: Settings, System, Recovery, Advanced startup, UEFI firmware settings."
)
_FIRMWARE_JA = (
    "「設定」の「システム」、「回復」、「PC の起動をカスタマイズする」から、UEFI ファームウェアの設定で再起動します。"
)
_PASSWORD = (
    "Press Ctrl+Alt+Del and choose Change a password.",
    "Choose a long one that you use nowhere else.",
)
_PASSWORD_JA = (
    "Ctrl+Alt+Del を押し、「パスワードの変更」を選びます。",
    "ほかで使用していない長いパスワードを設定します。",
)
_PASSWD: tuple[tuple[str, ...], tuple[str, ...]] = (
    ("Open a terminal and run `passwd`.", "Choose a long one that you use nowhere else."),
    ("端末を開き、`passwd` を実行します。", "ほかで使用していない長いパスワードを設定します。"),
)


_FIRMWARE_LINUX = "Restart the PC into its firmware setup: `sudo systemctl reboot --firmware-setup`."
_FIRMWARE_LINUX_JA = "`sudo systemctl reboot --firmware-setup` を実行し、ファームウェアの設定で再起動します。"


def _windows(english: tuple[str, ...], japanese: tuple[str, ...]) -> Steps:
    """Steps that only Windows knows; elsewhere the sentence of the judgment has to do."""
    return {WINDOWS: (english, japanese)}


def _firmware(english: str, japanese: str) -> Steps:
    return {
        WINDOWS: ((_FIRMWARE, english), (_FIRMWARE_JA, japanese)),
        LINUX: ((_FIRMWARE_LINUX, english), (_FIRMWARE_LINUX_JA, japanese)),
    }


SETTINGS: dict[str, Steps] = {
    "pc_settings.accounts.guest_enabled": {
        WINDOWS: (
            (_ACCOUNTS, "Open Guest, check Account is disabled, and press OK."),
            (_ACCOUNTS_JA, "「Guest」を開き、「アカウントを無効にする」を選んで「OK」を押します。"),
        ),
        LINUX: (
            (
                "Open a terminal.",
                "Run `sudo usermod --lock --expiredate 1 NAME` for the account that is named under Found.",
            ),
            (
                "端末を開きます。",
                "「現在の状態」に示したアカウントについて `sudo usermod --lock --expiredate 1 名前` を実行します。",
            ),
        ),
    },
    "pc_settings.accounts.other_administrators": {
        WINDOWS: (
            (
                "Press the Windows key, type Computer Management, and open it. Choose Local Users and Groups, then Groups.",
                "Open Administrators, and remove the accounts that are named under Found.",
            ),
            (
                "Windows キーを押して「コンピューターの管理」と入力し、開きます。「ローカル ユーザーとグループ」、「グループ」の順に選びます。",
                "「Administrators」を開き、「現在の状態」に示したアカウントを削除します。",
            ),
        ),
        LINUX: (
            ("Open a terminal.", "Run `sudo gpasswd -d NAME sudo` for each account that is named under Found."),
            (
                "端末を開きます。",
                "「現在の状態」に示した各アカウントについて `sudo gpasswd -d 名前 sudo` を実行します。",
            ),
        ),
    },
    "pc_settings.passwords": {WINDOWS: (_PASSWORD, _PASSWORD_JA), LINUX: _PASSWD},
    "pc_settings.passwords.never_expires": {
        WINDOWS: (
            (_ACCOUNTS, "Open the account, clear Password never expires, and press OK."),
            (_ACCOUNTS_JA, "アカウントを開き、「パスワードを無期限にする」を外して「OK」を押します。"),
        ),
        LINUX: (
            ("Open a terminal.", "Run `sudo chage -M 90 NAME` for each account that is named under Found."),
            ("端末を開きます。", "「現在の状態」に示した各アカウントについて `sudo chage -M 90 名前` を実行します。"),
        ),
    },
    "pc_settings.logon.automatic": _windows(
        (
            "Press the Windows key and R, type `netplwiz`, and press Enter.",
            "Check Users must enter a user name and password, and press OK.",
        ),
        (
            "Windows キーと R キーを押し、`netplwiz` と入力して Enter キーを押します。",
            "「ユーザーがこのコンピューターを使うには、ユーザー名とパスワードの入力が必要」を選び、「OK」を押します。",
        ),
    ),
    "pc_settings.logon.power_on_password": _firmware(
        "Set a power-on (user) password there, and save.", "パワーオン（ユーザー）パスワードを設定し、保存します。"
    ),
    "pc_settings.shared_folders.any": _windows(
        (
            "Press the Windows key, type Computer Management, and open it. Choose Shared Folders, then Shares.",
            "Press each folder that is named under Found with the right button, and choose Stop sharing.",
        ),
        (
            "Windows キーを押して「コンピューターの管理」と入力し、開きます。「共有フォルダー」、「共有」の順に選びます。",
            "「現在の状態」に示した各フォルダーを右クリックし、「共有の停止」を選びます。",
        ),
    ),
    "pc_settings.firewall.off": {
        WINDOWS: (
            (
                "Open Windows Security, then Firewall & network protection.",
                "Open each network that says Off, and turn the firewall on.",
            ),
            (
                "「Windows セキュリティ」を開き、「ファイアウォールとネットワーク保護」を選びます。",
                "「オフ」と表示されたネットワークを開き、ファイアウォールをオンにします。",
            ),
        ),
        LINUX: (
            ("Open a terminal.", "Run `sudo ufw enable`, or `sudo systemctl enable --now firewalld`."),
            ("端末を開きます。", "`sudo ufw enable` または `sudo systemctl enable --now firewalld` を実行します。"),
        ),
    },
    "pc_settings.firewall.exceptions": _windows(
        (
            "Open Windows Security, then Firewall & network protection.",
            "Open the active network, and check Blocks all incoming connections.",
        ),
        (
            "「Windows セキュリティ」を開き、「ファイアウォールとネットワーク保護」を選びます。",
            "アクティブなネットワークを開き、「すべての着信接続をブロックする」を選びます。",
        ),
    ),
    "pc_settings.automatic_updates.off": {
        WINDOWS: (
            ("Open Settings, then Windows Update.", "If updates are paused, choose Resume updates."),
            (
                "「設定」を開き、「Windows Update」を選びます。",
                "更新が一時停止されている場合は「更新の再開」を選びます。",
            ),
        ),
        LINUX: (
            (
                "Open a terminal.",
                "Debian and Ubuntu: run `sudo apt install unattended-upgrades`, then"
                " `sudo dpkg-reconfigure unattended-upgrades`, and answer Yes.",
            ),
            (
                "端末を開きます。",
                "Debian と Ubuntu では `sudo apt install unattended-upgrades` に続けて"
                " `sudo dpkg-reconfigure unattended-upgrades` を実行し、「はい」を選びます。",
            ),
        ),
    },
    "pc_settings.screensaver.not_set": {
        WINDOWS: (
            (_SCREEN, "Choose a screen saver, and press OK."),
            (_SCREEN_JA, "スクリーン セーバーを選び、「OK」を押します。"),
        ),
        LINUX: (
            (_SCREEN_LINUX, "Turn automatic screen lock on."),
            (_SCREEN_LINUX_JA, "自動画面ロックをオンにします。"),
        ),
    },
    "pc_settings.screensaver.no_password": {
        WINDOWS: (
            (_SCREEN, "Check On resume, display log-on screen, and press OK."),
            (_SCREEN_JA, "「再開時にログオン画面に戻る」を選び、「OK」を押します。"),
        ),
        LINUX: (
            (_SCREEN_LINUX, "Turn automatic screen lock on."),
            (_SCREEN_LINUX_JA, "自動画面ロックをオンにします。"),
        ),
    },
    "pc_settings.screensaver.lock_delay": {
        WINDOWS: (
            (_SCREEN, "Set Wait to the time that is named under Wanted or less, and press OK."),
            (_SCREEN_JA, "「待ち時間」を「必要な状態」に示した時間以内に設定し、「OK」を押します。"),
        ),
        LINUX: (
            (_SCREEN_LINUX, "Set the delay to the time that is named under Wanted or less."),
            (_SCREEN_LINUX_JA, "待ち時間を「必要な状態」に示した時間以内に設定します。"),
        ),
    },
    "pc_settings.drive_encryption.off": _windows(
        (
            "Press the Windows key, type Manage BitLocker, and open it.",
            "Choose Turn on BitLocker for each drive that is named under Found.",
            "Keep the recovery key where your organisation wants it, never on this PC.",
        ),
        (
            "Windows キーを押して「BitLocker の管理」と入力し、開きます。",
            "「現在の状態」に示した各ドライブで「BitLocker を有効にする」を選びます。",
            "回復キーは、この PC 以外の、組織で指定された場所に保管します。",
        ),
    ),
    "pc_settings.firmware.secure_boot_off": _firmware(
        "Turn Secure Boot on there, and save.", "セキュア ブートを有効にし、保存します。"
    ),
    "pc_settings.firmware.no_tpm": _firmware(
        "Turn the TPM on there (Security Device, PTT or fTPM), and save.",
        "TPM（Security Device、PTT、fTPM など）を有効にし、保存します。",
    ),
    "pc_settings.remote_desktop.on": {
        WINDOWS: (
            ("Open Settings, then System, then Remote Desktop.", "Turn Remote Desktop off."),
            (
                "「設定」を開き、「システム」、「リモート デスクトップ」の順に選びます。",
                "「リモート デスクトップ」をオフにします。",
            ),
        ),
        ANY: (
            ("Open Settings, then Sharing or System.", "Turn Remote Desktop off."),
            ("「設定」を開き、「共有」または「システム」を選びます。", "リモート デスクトップをオフにします。"),
        ),
    },
    "pc_settings.protocols.smb1": _windows(
        (
            "Press the Windows key, type Turn Windows features on or off, and open it.",
            "Clear SMB 1.0/CIFS File Sharing Support, and press OK.",
            "Restart the PC.",
        ),
        (
            "Windows キーを押して「Windows の機能の有効化または無効化」と入力し、開きます。",
            "「SMB 1.0/CIFS ファイル共有のサポート」を外し、「OK」を押します。",
            "PC を再起動します。",
        ),
    ),
}
