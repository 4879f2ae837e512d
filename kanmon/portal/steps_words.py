"""The shape of the tables of steps: for each family of operating systems ("" for any), English and Japanese. What is to be typed stands between backquotes."""

Steps = dict[str, tuple[tuple[str, ...], tuple[str, ...]]]
WINDOWS, LINUX, ANY = "windows", "linux", ""

TERMINAL, TERMINAL_JA = "Open a terminal.", "端末を開きます。"
ELEVATED = "Press the Windows key, type Terminal, press it with the right button, and choose Run as administrator."
ELEVATED_JA = "Windows キーを押して「ターミナル」と入力し、右クリックして「管理者として実行」を選びます。"
RESTART, RESTART_JA = "Restart the PC.", "PC を再起動します。"
