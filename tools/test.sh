#!/usr/bin/env bash
# All tests. The last line is pytest's summary.
set -euo pipefail
cd "$(dirname "$0")/.."
exec .venv/bin/python -m pytest "$@"
