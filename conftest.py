"""What every test shares: a home of its own, so that no test touches a person's data."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent
# Tests share one server for the checkout (fast to start again) but keep nothing else.
os.environ["PARVIS_HOME"] = os.environ.get("PARVIS_TEST_HOME") or str(ROOT / "var" / "test")
os.environ.setdefault("PARVIS_SECRET_KEY", "only-for-tests")
os.environ.setdefault("PARVIS_LOG_LEVEL", "WARNING")
os.environ["PARVIS_PUBLIC_URL"] = "http://testserver"
Path(os.environ["PARVIS_HOME"]).mkdir(parents=True, exist_ok=True)
