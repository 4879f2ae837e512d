#!/usr/bin/env bash
# Runs the named parts of the tests one after the other, says how long each took, and fails if one failed.
set -u
cd "$(dirname "$0")/.."
unset KANMON_HOME
failed=()
by_two=".venv/bin/python -m pytest -q -n 2 --dist worksteal"
run() { # name, command...
  local name=$1 began; shift
  began=$(date +%s)
  echo "=== $name"
  "$@" || failed+=("$name")
  echo "=== $name took $(($(date +%s) - began)) s"
}
lint() {
  .venv/bin/ruff check -q kanmon tests bench tools && .venv/bin/ruff format -q --check kanmon tests bench tools \
    && .venv/bin/mypy && .venv/bin/lint-imports --no-logo >/tmp/kanmon-imports.log 2>&1 || { cat /tmp/kanmon-imports.log 2>/dev/null; return 1; }
}
for part in "$@"; do
  case $part in
    lint) run lint lint ;;
    unit) run unit $by_two tests --ignore=tests/stories --ignore=tests/backup --ignore=tests/docs --ignore=tests/failover --ignore=tests/browser --ignore=tests/packaging --ignore=tests/place --ignore=tests/agent/drivers --ignore=tests/agent/loop ;;
    stories) run stories $by_two tests/stories tests/backup tests/docs ;;
    kills) run kills .venv/bin/python -m pytest -q tests/failover ;;
    network) run network .venv/bin/python -m pytest -q tests/place tests/agent/drivers tests/agent/loop ;;
    browser) run browser $by_two --dist loadfile tests/browser ;;
    packaging) run packaging .venv/bin/python -m pytest -q tests/packaging ;;
    *) echo "unknown part: $part" >&2; exit 2 ;;
  esac
done
[ ${#failed[@]} -eq 0 ] && { echo "All parts passed: $*"; exit 0; }
echo "Failed: ${failed[*]}"
exit 1
