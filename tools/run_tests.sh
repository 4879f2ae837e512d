#!/usr/bin/env bash
# Runs the named parts of the tests one after the other, says how long each took, and fails if one failed.
#
# Stories, network and browser wait for real processes with limits of time, on machines that have other work. Up to
# three of their tests that failed are run once more, alone. What passes then is told at the end as UNSTEADY: the part
# counts as passed, and somebody finds out why. Nothing else is given a second try, least of all a kill.
set -u
cd "$(dirname "$0")/.."
unset KANMON_HOME
failed=()
unsteady=()
by_two=".venv/bin/python -m pytest -q -n 2 --dist worksteal"
run() { # name, command...
  local name=$1 began; shift
  began=$(date +%s)
  echo "=== $name"
  "$@" || failed+=("$name")
  echo "=== $name took $(($(date +%s) - began)) s"
}
twice() { # pytest...
  local kept rc names
  kept=$(mktemp -d)
  "$@" -o cache_dir="$kept" && return 0
  rc=$?
  names=$(.venv/bin/python -c 'import json, sys; print("\n".join(json.load(open(sys.argv[1]))))' "$kept/v/cache/lastfailed" 2>/dev/null)
  [ "$rc" -eq 1 ] && [ -n "$names" ] && [ "$(wc -l <<<"$names")" -le 3 ] || return "$rc"
  echo "=== once more, alone: $names"
  mapfile -t again <<<"$names"
  .venv/bin/python -m pytest -q -p no:cacheprovider "${again[@]}" || return 1
  unsteady+=("${again[@]}")
}
lint() {
  .venv/bin/ruff check -q kanmon tests bench tools && .venv/bin/ruff format -q --check kanmon tests bench tools \
    && .venv/bin/mypy && .venv/bin/lint-imports --no-logo >/tmp/kanmon-imports.log 2>&1 || { cat /tmp/kanmon-imports.log 2>/dev/null; return 1; }
}
for part in "$@"; do
  case $part in
    lint) run lint lint ;;
    unit) run unit $by_two tests --ignore=tests/stories --ignore=tests/backup --ignore=tests/docs --ignore=tests/failover --ignore=tests/browser --ignore=tests/packaging --ignore=tests/place --ignore=tests/agent/drivers --ignore=tests/agent/loop ;;
    stories) run stories twice $by_two tests/stories tests/backup tests/docs ;;
    kills) run kills .venv/bin/python -m pytest -q tests/failover ;;
    network) run network twice .venv/bin/python -m pytest -q tests/place tests/agent/drivers tests/agent/loop ;;
    browser) run browser twice $by_two --dist loadfile tests/browser ;;
    packaging) run packaging .venv/bin/python -m pytest -q tests/packaging ;;
    *) echo "unknown part: $part" >&2; exit 2 ;;
  esac
done
[ ${#unsteady[@]} -eq 0 ] || printf 'UNSTEADY, failed and then passed alone: %s\n' "${unsteady[@]}"
[ ${#failed[@]} -eq 0 ] && { echo "All parts passed: $*"; exit 0; }
echo "Failed: ${failed[*]}"
exit 1
