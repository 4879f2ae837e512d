"""The shape of the tables of steps: for each family of operating systems ("" for any), English and Japanese. What is to be typed stands between backquotes."""

Steps = dict[str, tuple[tuple[str, ...], tuple[str, ...]]]
WINDOWS, LINUX, ANY = "windows", "linux", ""
