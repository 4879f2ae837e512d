"""Steps to mend: what a PC offers to others: shares, services, open ports, remote desktop, old protocols, USB storage."""

from kanmon.portal.steps_words import (
    ELEVATED,
    ELEVATED_JA,
    LINUX,
    RESTART,
    RESTART_JA,
    TERMINAL,
    TERMINAL_JA,
    WINDOWS,
    Steps,
)

_SAMBA = "Open the file with `sudo nano /etc/samba/smb.conf`."
_SAMBA_JA = "`sudo nano /etc/samba/smb.conf` でファイルを開きます。"
_SAMBA_AGAIN = "Restart Samba: `sudo systemctl restart smbd` (Debian, Ubuntu) or `sudo systemctl restart smb`."
_SAMBA_AGAIN_JA = (
    "Samba を再起動します: `sudo systemctl restart smbd`（Debian、Ubuntu）または `sudo systemctl restart smb`。"
)
_SERVER = r"HKLM\SYSTEM\CurrentControlSet\Services\LanmanServer\Parameters"

EXPOSED: dict[str, Steps] = {
    "pc_settings.shared_folders.any": {
        WINDOWS: (
            (
                "Press the Windows key, type Computer Management, and open it. Choose Shared Folders, then Shares.",
                "Press each folder that is named under Found with the right button, and choose Stop sharing.",
            ),
            (
                "Windows キーを押して「コンピューターの管理」と入力し、開きます。「共有フォルダー」、「共有」の順に選びます。",
                "「現在の状態」に示した各フォルダーを右クリックし、「共有の停止」を選びます。",
            ),
        ),
        LINUX: (
            (
                "Open a terminal. For each share that is named under Found, run `net usershare delete NAME`.",
                "If it is still there, take it out of `/etc/samba/smb.conf` (Samba) or `/etc/exports` (NFS).",
                "Then run `sudo systemctl restart smbd` or `sudo exportfs -ra`.",
            ),
            (
                "端末を開き、「現在の状態」に示した各共有について `net usershare delete 名前` を実行します。",
                "共有が残る場合は、`/etc/samba/smb.conf`（Samba）または `/etc/exports`（NFS）から削除します。",
                "続けて `sudo systemctl restart smbd` または `sudo exportfs -ra` を実行します。",
            ),
        ),
    },
    "pc_settings.shared_folders.administrative": {
        WINDOWS: (
            (
                ELEVATED,
                rf"Run `reg add {_SERVER} /v AutoShareWks /t REG_DWORD /d 0 /f`. On a server, AutoShareServer takes the place of"
                " AutoShareWks.",
                RESTART,
            ),
            (
                ELEVATED_JA,
                rf"`reg add {_SERVER} /v AutoShareWks /t REG_DWORD /d 0 /f` を実行します。サーバーでは AutoShareWks を"
                " AutoShareServer とします。",
                RESTART_JA,
            ),
        ),
    },
    "pc_settings.anonymous_connections.unrestricted": {
        WINDOWS: (
            (
                ELEVATED,
                r"Run `reg add HKLM\SYSTEM\CurrentControlSet\Control\Lsa /v RestrictAnonymous /t REG_DWORD /d 1 /f`.",
                RESTART,
            ),
            (
                ELEVATED_JA,
                r"`reg add HKLM\SYSTEM\CurrentControlSet\Control\Lsa /v RestrictAnonymous /t REG_DWORD /d 1 /f` を実行します。",
                RESTART_JA,
            ),
        ),
        LINUX: (
            (TERMINAL, _SAMBA, "Below [global], write `restrict anonymous = 2`, and save.", _SAMBA_AGAIN),
            (
                TERMINAL_JA,
                _SAMBA_JA,
                "[global] の下に `restrict anonymous = 2` と記入し、保存します。",
                _SAMBA_AGAIN_JA,
            ),
        ),
    },
    "pc_settings.services": {
        WINDOWS: (
            (
                "Press the Windows key, type Services, and open it. Open the service that is named.",
                "If it is not to run: choose Disabled as its startup type, and press Stop.",
                "If it is to run: choose Automatic as its startup type, and press Start.",
            ),
            (
                "Windows キーを押して「サービス」と入力し、開きます。対象のサービスを開きます。",
                "停止が必要な場合は、「スタートアップの種類」を「無効」にし、「停止」を押します。",
                "起動が必要な場合は、「スタートアップの種類」を「自動」にし、「開始」を押します。",
            ),
        ),
        LINUX: (
            (
                TERMINAL,
                "If the service is not to run: `sudo systemctl disable --now NAME`.",
                "If it is to run: `sudo systemctl enable --now NAME`.",
            ),
            (
                TERMINAL_JA,
                "停止が必要な場合は、`sudo systemctl disable --now 名前` を実行します。",
                "起動が必要な場合は、`sudo systemctl enable --now 名前` を実行します。",
            ),
        ),
    },
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
            (TERMINAL, "Run `sudo ufw enable`, or `sudo systemctl enable --now firewalld`."),
            (TERMINAL_JA, "`sudo ufw enable` または `sudo systemctl enable --now firewalld` を実行します。"),
        ),
    },
    "pc_settings.firewall.exceptions": {
        WINDOWS: (
            (
                "Open Windows Security, then Firewall & network protection.",
                "Open the active network, and check Blocks all incoming connections.",
            ),
            (
                "「Windows セキュリティ」を開き、「ファイアウォールとネットワーク保護」を選びます。",
                "アクティブなネットワークを開き、「すべての着信接続をブロックする」を選びます。",
            ),
        ),
        LINUX: (
            (
                "Open a terminal, and list the exceptions: `sudo ufw status numbered`, or `sudo firewall-cmd --list-all`.",
                "ufw: run `sudo ufw delete 1`, with the number of each exception; begin with the greatest.",
                "firewalld: run `sudo firewall-cmd --permanent --remove-service=NAME` for each, then `sudo firewall-cmd --reload`.",
            ),
            (
                "端末を開き、`sudo ufw status numbered` または `sudo firewall-cmd --list-all` で例外を表示します。",
                "ufw では、番号の大きいものから順に、例外の番号を指定して `sudo ufw delete 1` を実行します。",
                "firewalld では、各例外について `sudo firewall-cmd --permanent --remove-service=名前` を実行し、続けて"
                " `sudo firewall-cmd --reload` を実行します。",
            ),
        ),
    },
    "pc_settings.remote_desktop.on": {
        WINDOWS: (
            ("Open Settings, then System, then Remote Desktop.", "Turn Remote Desktop off."),
            (
                "「設定」を開き、「システム」、「リモート デスクトップ」の順に選びます。",
                "「リモート デスクトップ」をオフにします。",
            ),
        ),
        LINUX: (
            (
                "Open Settings, then Sharing (in newer versions: System), and turn Remote Desktop off.",
                "If xrdp is installed: open a terminal, and run `sudo systemctl disable --now xrdp`.",
            ),
            (
                "「設定」を開き、「共有」（新しい版では「システム」）を選んで「リモートデスクトップ」をオフにします。",
                "xrdp がある場合は、端末を開き、`sudo systemctl disable --now xrdp` を実行します。",
            ),
        ),
    },
    "pc_settings.protocols.smb1": {
        WINDOWS: (
            (
                "Press the Windows key, type Turn Windows features on or off, and open it.",
                "Clear SMB 1.0/CIFS File Sharing Support, and press OK.",
                RESTART,
            ),
            (
                "Windows キーを押して「Windows の機能の有効化または無効化」と入力し、開きます。",
                "「SMB 1.0/CIFS ファイル共有のサポート」を外し、「OK」を押します。",
                RESTART_JA,
            ),
        ),
        LINUX: (
            (TERMINAL, _SAMBA, "Below [global], write `server min protocol = SMB2`, and save.", _SAMBA_AGAIN),
            (
                TERMINAL_JA,
                _SAMBA_JA,
                "[global] の下に `server min protocol = SMB2` と記入し、保存します。",
                _SAMBA_AGAIN_JA,
            ),
        ),
    },
    "pc_settings.protocols.llmnr": {
        WINDOWS: (
            (
                ELEVATED,
                r'Run `reg add "HKLM\SOFTWARE\Policies\Microsoft\Windows NT\DNSClient" /v EnableMulticast /t REG_DWORD /d 0 /f`.',
                RESTART,
            ),
            (
                ELEVATED_JA,
                r'`reg add "HKLM\SOFTWARE\Policies\Microsoft\Windows NT\DNSClient" /v EnableMulticast /t REG_DWORD /d 0 /f`'
                " を実行します。",
                RESTART_JA,
            ),
        ),
        LINUX: (
            (
                "Open a terminal, and in it the file: `sudo nano /etc/systemd/resolved.conf`.",
                "Below [Resolve], write `LLMNR=no`, and save.",
                "Run `sudo systemctl restart systemd-resolved`.",
            ),
            (
                "端末を開き、`sudo nano /etc/systemd/resolved.conf` でファイルを開きます。",
                "[Resolve] の下に `LLMNR=no` と記入し、保存します。",
                "`sudo systemctl restart systemd-resolved` を実行します。",
            ),
        ),
    },
    "pc_settings.usb_storage.usable": {
        WINDOWS: (
            (
                "Copy what you need from USB drives, and take them out.",
                ELEVATED,
                r"Run `reg add HKLM\SYSTEM\CurrentControlSet\Services\USBSTOR /v Start /t REG_DWORD /d 4 /f`.",
            ),
            (
                "必要なファイルを USB ドライブからコピーし、取り外します。",
                ELEVATED_JA,
                r"`reg add HKLM\SYSTEM\CurrentControlSet\Services\USBSTOR /v Start /t REG_DWORD /d 4 /f` を実行します。",
            ),
        ),
        LINUX: (
            (
                "Copy what you need from USB drives, and take them out. Open a terminal.",
                "Run `echo blacklist usb-storage | sudo tee /etc/modprobe.d/kanmon-usb-storage.conf`.",
                "Run `sudo modprobe -r usb-storage`, or restart the PC.",
            ),
            (
                "必要なファイルを USB ドライブからコピーし、取り外します。端末を開きます。",
                "`echo blacklist usb-storage | sudo tee /etc/modprobe.d/kanmon-usb-storage.conf` を実行します。",
                "`sudo modprobe -r usb-storage` を実行するか、PC を再起動します。",
            ),
        ),
    },
}
