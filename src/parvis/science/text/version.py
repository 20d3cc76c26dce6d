"""Which models and cue files made a reading."""

from functools import lru_cache
from hashlib import blake2b

from parvis.science.text.files import folder

_CODE = "1"  # raise when the code reads the same files differently


@lru_cache(maxsize=1)
def model_version() -> str:
    """A short name that changes with any bundled model or cue file, such as ``text-1-9f3a6c21``."""
    digest = blake2b(digest_size=4)
    for name in ("data", "models"):
        for path in sorted(folder(name).iterdir()):
            if path.suffix in (".csv", ".npz"):
                digest.update(path.name.encode())
                digest.update(path.read_bytes())
    return f"text-{_CODE}-{digest.hexdigest()}"
