"""Mail into files: the demo's and a developer's, who send nothing to anybody. One ``.eml`` a mail, named by its id."""

import os
import re
from pathlib import Path

from parvis.connectors.mail.message import build
from parvis.domains.messaging.ports import Mail, MailRefused

_NOT_NAME = re.compile(r"[^A-Za-z0-9]+")


class KeptMail:
    """Writes each mail once into ``folder``, whole or not at all."""

    name = "files"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, mail: Mail) -> str:
        target = self._path(mail.message_id)
        if target.exists():
            return target.name
        try:
            body = bytes(build(mail))
        except ValueError as error:
            raise MailRefused(told=str(error)) from error
        self.folder.mkdir(parents=True, exist_ok=True)
        partial = target.with_suffix(f".{os.getpid()}.part")
        partial.write_bytes(body)
        partial.replace(target)
        return target.name

    def took(self, message_id: str) -> bool | None:
        return self._path(message_id).exists()

    def _path(self, message_id: str) -> Path:
        name = _NOT_NAME.sub("-", message_id.partition("@")[0]).strip("-")
        return self.folder / f"{name}.eml"
