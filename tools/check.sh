#!/usr/bin/env bash
# Everything that can be said about the code without running its tests.
set -uo pipefail
cd "$(dirname "$0")/.."
export PYTHONPATH=src PATH="$PWD/.venv/bin:$PATH"
failed=0
run() { printf '\n== %s\n' "$1"; shift; "$@" || failed=1; }
run "ruff" ruff check
run "format" ruff format --check
run "structure (import-linter)" lint-imports --no-logo
run "types (mypy --strict)" mypy
if [ -n "$(git ls-files '*.html')" ]; then run "templates (djlint)" djlint --quiet --lint src; fi
run "migrations" python manage.py makemigrations --check --dry-run
run "Django" python manage.py check --fail-level WARNING
run "translations" python tools/messages.py check
exit $failed
