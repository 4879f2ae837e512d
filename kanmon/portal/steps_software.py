"""Steps to mend: updates, antivirus, software, and an inventory that does not tell."""

from kanmon.portal.steps_words import ANY, LINUX, WINDOWS, Steps

NAMED = {
    "security_updates.specified", "security_updates.latest", "security_updates.vulnerabilities",
    "security_updates.product_service_packs", "prohibited_software", "mandatory_software",
    "pc_settings.services",
}  # fmt: skip
"""Kinds whose sentence of the judgment names what it is about: it goes before the steps."""

_UPDATES: Steps = {
    WINDOWS: (
        (
            "Open Settings, then Windows Update.",
            "Press Check for updates, and let everything install that it lists.",
            "Restart the PC. Do this again until it says that you're up to date.",
        ),
        (
            "「設定」を開き、「Windows Update」を選びます。",
            "「更新プログラムのチェック」を押し、表示された更新プログラムをすべてインストールします。",
            "PC を再起動します。「最新の状態です」と表示されるまで繰り返します。",
        ),
    ),
    LINUX: (
        (
            "Save your work and open a terminal.",
            "Debian and Ubuntu: run `sudo apt update`, then `sudo apt upgrade`. AlmaLinux and Rocky Linux: `sudo dnf upgrade`."
            " SUSE: `sudo zypper update`.",
            "Restart the PC.",
        ),
        (
            "作業中のファイルを保存し、端末を開きます。",
            "Debian と Ubuntu では `sudo apt update` に続けて `sudo apt upgrade`、AlmaLinux と Rocky Linux では `sudo dnf upgrade`、"
            "SUSE では `sudo zypper update` を実行します。",
            "PC を再起動します。",
        ),
    ),
    ANY: (
        ("Open the update settings of the system.", "Install all updates that it offers.", "Restart the PC."),
        ("システムの更新の設定を開きます。", "表示された更新をすべてインストールします。", "PC を再起動します。"),
    ),
}
_ANTIVIRUS_UPDATE: Steps = {
    WINDOWS: (
        (
            "Open Windows Security, then Virus & threat protection. If you use another product, open its window instead.",
            "Press Protection updates, then Check for updates. In another product: Update.",
            "Wait until it shows today's date.",
        ),
        (
            "「Windows セキュリティ」を開き、「ウイルスと脅威の防止」を選びます。別の製品を使用している場合は、その製品の画面を開きます。",
            "「保護の更新」、「更新プログラムのチェック」の順に押します。別の製品では「更新」を押します。",
            "今日の日付が表示されるまで待ちます。",
        ),
    ),
    LINUX: (
        (
            "Open a terminal.",
            "ClamAV: run `sudo freshclam`. If it is in use already, run `sudo systemctl restart clamav-freshclam`.",
            "Another product: run its own update.",
        ),
        (
            "端末を開きます。",
            "ClamAV では `sudo freshclam` を実行します。使用中と表示された場合は `sudo systemctl restart clamav-freshclam` を実行します。",
            "別の製品では、その製品の更新を実行します。",
        ),
    ),
    ANY: (
        ("Open the window of the antivirus product.", "Press Update, and wait until it shows today's date."),
        ("ウイルス対策製品の画面を開きます。", "「更新」を押し、今日の日付が表示されるまで待ちます。"),
    ),
}

SOFTWARE: dict[str, Steps] = {
    "security_updates": _UPDATES,
    "security_updates.specified": _UPDATES,
    "security_updates.latest": _UPDATES,
    "security_updates.vulnerabilities": _UPDATES,
    "security_updates.product_service_packs": {
        ANY: (
            ("Open the program that is named.", "Look for updates in its Help or About window, and install them."),
            ("対象のプログラムを開きます。", "ヘルプやバージョン情報の画面から更新を確認し、インストールします。"),
        ),
    },
    "antivirus.product": {
        WINDOWS: (
            (
                "Open Windows Security, then Virus & threat protection.",
                "If it says that no protection is on, turn it on; or install the product that your organisation uses.",
                "Restart the PC.",
            ),
            (
                "「Windows セキュリティ」を開き、「ウイルスと脅威の防止」を選びます。",
                "保護が無効と表示された場合は有効にします。または、組織で指定された製品をインストールします。",
                "PC を再起動します。",
            ),
        ),
        LINUX: (
            (
                "Install the product that your organisation uses. ClamAV on Debian and Ubuntu:"
                " `sudo apt install clamav clamav-daemon`.",
                "Update its definitions: `sudo freshclam`.",
            ),
            (
                "組織で指定された製品をインストールします。Debian と Ubuntu の ClamAV では"
                " `sudo apt install clamav clamav-daemon` を実行します。",
                "`sudo freshclam` で定義ファイルを更新します。",
            ),
        ),
        ANY: (
            ("Install the antivirus product that your organisation uses.", "Open it, and update it."),
            ("組織で指定されたウイルス対策製品をインストールします。", "画面を開いて更新します。"),
        ),
    },
    "antivirus.engine": _ANTIVIRUS_UPDATE,
    "antivirus.definitions": _ANTIVIRUS_UPDATE,
    "antivirus.resident": {
        WINDOWS: (
            (
                "Open Windows Security, then Virus & threat protection. If you use another product, open its window instead.",
                "Choose Manage settings, and turn Real-time protection on.",
            ),
            (
                "「Windows セキュリティ」を開き、「ウイルスと脅威の防止」を選びます。別の製品を使用している場合は、その製品の画面を開きます。",
                "「設定の管理」を選び、「リアルタイム保護」をオンにします。",
            ),
        ),
        LINUX: (
            (
                "Open a terminal.",
                "ClamAV: run `sudo systemctl enable --now clamav-daemon`. Another product: start its service.",
            ),
            (
                "端末を開きます。",
                "ClamAV では `sudo systemctl enable --now clamav-daemon` を実行します。別の製品では、そのサービスを開始します。",
            ),
        ),
        ANY: (
            ("Open the window of the antivirus product.", "Turn real-time protection on."),
            ("ウイルス対策製品の画面を開きます。", "リアルタイム保護を有効にします。"),
        ),
    },
    "prohibited_software": {
        WINDOWS: (
            (
                "Open Settings, then Apps, then Installed apps.",
                "Find the program, press the three dots beside it, and choose Uninstall.",
                "Restart the PC if you are asked to.",
            ),
            (
                "「設定」を開き、「アプリ」、「インストールされているアプリ」の順に選びます。",
                "対象のプログラムの横にある「…」を押し、「アンインストール」を選びます。",
                "求められた場合は PC を再起動します。",
            ),
        ),
        LINUX: (
            (
                "Open a terminal.",
                "Remove the package: `sudo apt remove NAME`, `sudo dnf remove NAME` or `sudo zypper remove NAME`.",
            ),
            (
                "端末を開きます。",
                "`sudo apt remove 名前`、`sudo dnf remove 名前`、または `sudo zypper remove 名前` でパッケージを削除します。",
            ),
        ),
        ANY: (("Uninstall the program.",), ("対象のプログラムをアンインストールします。",)),
    },
    "mandatory_software": {
        ANY: (
            ("Get the program from where your organisation offers software.", "Install it, and start it once."),
            ("組織の配布元からプログラムを入手します。", "インストールし、一度起動します。"),
        ),
    },
    "user_definition": {
        ANY: (
            (
                "Compare what stands under Found with what stands under Wanted, and change it to what is wanted.",
                "If you don't know how, ask those who look after PCs.",
            ),
            (
                "「現在の状態」と「必要な状態」を比較し、必要な状態に変更します。",
                "方法が不明な場合は、PC の管理担当者に問い合わせます。",
            ),
        ),
    },
    "inventory": {
        WINDOWS: (
            (
                "Press the Windows key, type Services, and open it.",
                "Find the inventory program (FusionInventory Agent, GLPI Agent or the one that your organisation uses) and"
                " press Start.",
                "Open `http://localhost:62354` on this PC and choose Force an inventory, if it offers that; else wait for the"
                " next one.",
            ),
            (
                "Windows キーを押して「サービス」と入力し、開きます。",
                "インベントリのプログラム（FusionInventory Agent、GLPI Agent など、組織で指定されたもの）を探し、「開始」を押します。",
                "この PC で `http://localhost:62354` を開き、Force an inventory があれば選びます。ない場合は次の送信を待ちます。",
            ),
        ),
        LINUX: (
            (
                "Open a terminal.",
                "Run the inventory program that your organisation uses, for example `sudo fusioninventory-agent` or"
                " `sudo glpi-agent`.",
            ),
            (
                "端末を開きます。",
                "組織で指定されたインベントリのプログラムを実行します（例: `sudo fusioninventory-agent`、`sudo glpi-agent`）。",
            ),
        ),
        ANY: (
            ("Start the inventory program that your organisation uses.", "Let it send an inventory."),
            ("組織で指定されたインベントリのプログラムを起動します。", "インベントリを送信します。"),
        ),
    },
}
