"""PC security settings that are yes or no, and the screen; see ``tools.conditions``."""

from kanmon.common.facts import Setting
from tools.conditions.about import About, pc


def setting(
    condition: str,
    name: str,
    wanted: bool,
    fails: str,
    passes: str,
    told_by: str = "setting",
    level: str = "warning",
    note: str = "",
) -> About:
    """A condition on one setting that is yes or no."""
    group, _, one = condition.partition(".")
    word = f'"{one}"' if one in ("on", "off") else one  # YAML takes them for yes and no
    return About(
        f"pc_settings.{condition}", f"setting `{name}`", told_by, f"{group}:\n  {word}: {{~}}",
        fails, pc(Setting(name, not wanted)), passes, pc(Setting(name, wanted)), "the setting", level=level, note=note,
    )  # fmt: skip


ABOUT = (
    setting("automatic_updates.off", "automatic_updates", True, "updates are not installed by themselves", "they are",
            "automatic_updates"),
    setting("screensaver.not_set", "screensaver", True, "neither a screensaver nor a screen lock is set", "one is set"),
    setting("screensaver.no_password", "screensaver_password", True, "it asks for no password", "it asks for the password"),
    About(
        "pc_settings.screensaver.lock_delay", "settings `screen_lock_seconds`, `screensaver`, `screensaver_password`", "setting",
        "screensaver:\n  lock_delay: {seconds: 900~}",
        "the screen is locked after more than `seconds`, or never: 0 seconds, no screen lock, or one without a password",
        pc(Setting("screen_lock_seconds", 1800)), "it is locked in time", pc(Setting("screen_lock_seconds", 600)),
        "after how many seconds", pc(Setting("screensaver", True)),
    ),
    setting("firmware.secure_boot_off", "secure_boot", True, "secure boot is off, or the firmware has none", "it is on",
            "secure_boot"),
    setting("firmware.no_tpm", "tpm", True, "there is no TPM", "there is one"),
    setting("remote_desktop.on", "remote_desktop", False, "a remote desktop is served", "none is",
            note="On Linux: one of the usual servers for it (xrdp, VNC, AnyDesk, TeamViewer and others) runs."),
    setting("protocols.smb1", "smb1", False, "SMBv1 is served", "it is not", level="danger"),
    setting("protocols.llmnr", "llmnr", False, "LLMNR is on", "it is off", level="caution"),
    setting("usb_storage.usable", "usb_storage", False, "USB storage can be used", "it is barred"),
)  # fmt: skip
