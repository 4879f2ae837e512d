"""Steps to mend: accounts, passwords, logon, screen, encryption, firmware, updates, and outside checks."""

from kanmon.portal.steps_words import ANY, ELEVATED, ELEVATED_JA, LINUX, TERMINAL, TERMINAL_JA, WINDOWS, Steps

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
_LONG_ONE = "Choose a long one that you use nowhere else."
_LONG_ONE_JA = "ほかで使用していない長いパスワードを設定します。"
_FIRMWARE_LINUX = "Restart the PC into its firmware setup: `sudo systemctl reboot --firmware-setup`."
_FIRMWARE_LINUX_JA = "`sudo systemctl reboot --firmware-setup` を実行し、ファームウェアの設定で再起動します。"


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
    "pc_settings.passwords.vulnerable": {
        WINDOWS: (
            (
                "Log on with the account that is named under Found, press Ctrl+Alt+Del, and choose Change a password.",
                _LONG_ONE,
            ),
            (
                "「現在の状態」に示したアカウントでサインインし、Ctrl+Alt+Del を押して「パスワードの変更」を選びます。",
                _LONG_ONE_JA,
            ),
        ),
        LINUX: (
            (TERMINAL, "Run `sudo passwd NAME` for each account that is named under Found.", _LONG_ONE),
            (
                TERMINAL_JA,
                "「現在の状態」に示した各アカウントについて `sudo passwd 名前` を実行します。",
                _LONG_ONE_JA,
            ),
        ),
    },
    "pc_settings.passwords.max_age_days": {
        WINDOWS: (
            ("Press Ctrl+Alt+Del and choose Change a password.", _LONG_ONE),
            ("Ctrl+Alt+Del を押し、「パスワードの変更」を選びます。", _LONG_ONE_JA),
        ),
        LINUX: (
            ("Open a terminal and run `passwd`.", _LONG_ONE),
            ("端末を開き、`passwd` を実行します。", _LONG_ONE_JA),
        ),
    },
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
    "pc_settings.logon.automatic": {
        WINDOWS: (
            (
                "Press the Windows key and R, type `netplwiz`, and press Enter.",
                "Check Users must enter a user name and password, and press OK.",
            ),
            (
                "Windows キーと R キーを押し、`netplwiz` と入力して Enter キーを押します。",
                "「ユーザーがこのコンピューターを使うには、ユーザー名とパスワードの入力が必要」を選び、「OK」を押します。",
            ),
        ),
        LINUX: (
            (
                "Open Settings, then Users (in newer versions: System, then Users), and press Unlock.",
                "Turn Automatic Login off.",
            ),
            (
                "「設定」を開き、「ユーザー」（新しい版では「システム」、「ユーザー」の順）を選んで「ロック解除」を押します。",
                "「自動ログイン」をオフにします。",
            ),
        ),
    },
    "pc_settings.logon.power_on_password": _firmware(
        "Set a power-on (user) password there, and save.", "パワーオン（ユーザー）パスワードを設定し、保存します。"
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
    "pc_settings.drive_encryption.off": {
        WINDOWS: (
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
        LINUX: (
            (
                "Linux encrypts its drive (LUKS) when it is installed; afterwards no switch turns that on.",
                "Save your files, and ask those who look after PCs to install the system anew with encryption.",
            ),
            (
                "Linux のドライブの暗号化（LUKS）は、インストール時に設定します。後から有効にする設定はありません。",
                "ファイルを保存し、暗号化を有効にした再インストールを PC の管理担当者に依頼します。",
            ),
        ),
    },
    "pc_settings.drive_encryption.method": {
        WINDOWS: (
            (
                "Press the Windows key, type Manage BitLocker, and open it.",
                "Choose Turn off BitLocker for each drive that is named under Found, and wait until it is decrypted.",
                ELEVATED,
                "Run `manage-bde -on C: -EncryptionMethod xts_aes256 -RecoveryPassword`, with the drive, and with the method that"
                " is named under Wanted.",
                "Keep the recovery key where your organisation wants it, never on this PC.",
            ),
            (
                "Windows キーを押して「BitLocker の管理」と入力し、開きます。",
                "「現在の状態」に示した各ドライブで「BitLocker を無効にする」を選び、暗号化の解除が終わるまで待ちます。",
                ELEVATED_JA,
                "対象のドライブと「必要な状態」に示した方式を指定して"
                " `manage-bde -on C: -EncryptionMethod xts_aes256 -RecoveryPassword` を実行します。",
                "回復キーは、この PC 以外の、組織で指定された場所に保管します。",
            ),
        ),
        LINUX: (
            (
                "Save your files elsewhere. Open a terminal, and find the drive: it is of the type crypto_LUKS in `lsblk -f`.",
                "Run `sudo cryptsetup reencrypt --cipher aes-xts-plain64 /dev/NAME`, with the method that is named under Wanted.",
            ),
            (
                "ファイルを別の場所に保存します。端末を開き、種類が crypto_LUKS のドライブを `lsblk -f` で確認します。",
                "「必要な状態」に示した方式を指定して `sudo cryptsetup reencrypt --cipher aes-xts-plain64 /dev/名前` を実行します。",
            ),
        ),
    },
    "pc_settings.outside_checks": {
        ANY: (
            (
                "Look this check up in the report of the program that made it (Lynis, OpenSCAP, osquery or another one), and do"
                " what it says there.",
                "Let that program check again, and send its result.",
            ),
            (
                "検査したプログラム（Lynis、OpenSCAP、osquery など）の結果でこの検査を確認し、示された対処を行います。",
                "そのプログラムで再度検査し、結果を送信します。",
            ),
        ),
    },
    "pc_settings.firmware.secure_boot_off": _firmware(
        "Turn Secure Boot on there, and save.", "セキュア ブートを有効にし、保存します。"
    ),
    "pc_settings.firmware.no_tpm": _firmware(
        "Turn the TPM on there (Security Device, PTT or fTPM), and save.",
        "TPM（Security Device、PTT、fTPM など）を有効にし、保存します。",
    ),
}
