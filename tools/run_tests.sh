#!/usr/bin/env bash
# Runs the named parts of the tests one after the other, says how long each took, and fails if one failed.
set -u
cd "$(dirname "$0")/.."
unset KANMON_HOME
failed=()
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
    unit) run unit .venv/bin/python -m pytest -q tests --ignore=tests/stories --ignore=tests/failover --ignore=tests/browser --ignore=tests/packaging --ignore=tests/place ;;
    stories) run stories .venv/bin/python -m pytest -q tests/stories ;;
    kills) run kills .venv/bin/python -m pytest -q tests/failover ;;
    network) run network .venv/bin/python -m pytest -q tests/place ;;
    browser) run browser .venv/bin/python -m pytest -q tests/browser ;;
    packaging) run packaging .venv/bin/python -m pytest -q tests/packaging ;;
    *) echo "unknown part: $part" >&2; exit 2 ;;
  esac
done
[ ${#failed[@]} -eq 0 ] && { echo "All parts passed: $*"; exit 0; }
echo "Failed: ${failed[*]}"
exit 1
