#!/usr/bin/env bash
# All tests: on the bundled PostgreSQL, then those in a browser, then database and concurrency tests on an installed server.
# The last line is the one summary of all. Arguments go to pytest; with arguments only what they ask for is run.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || missing+=(chromium)
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || missing+=(postgresql)
# Two releases of the official MCP conformance suite come from npm; without it their tests skip, and say so.
if ! command -v npm >/dev/null; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then missing+=(npm)
  else echo "npm is not installed: THE OFFICIAL MCP CONFORMANCE SUITE WILL NOT RUN." >&2; fi
fi
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing for the tests: ${missing[*]} …"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  else
    echo "The tests need: ${missing[*]}. Install them with your system's package manager" >&2
    echo "(Debian and Ubuntu: apt-get install ${missing[*]}) and run make test again." >&2
    exit 1
  fi
fi

if [ $# -gt 0 ]; then exec .venv/bin/python -m pytest "$@"; fi
exec .venv/bin/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder -m "not browser" --all-passes
