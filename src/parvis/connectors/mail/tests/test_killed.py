"""A real sender, killed for good in the middle: the mail is there once."""

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection

from parvis.connectors.mail.kept import KeptMail
from parvis.core.clock import now
from parvis.domains.messaging import actions, ports, queries
from parvis.domains.messaging.contracts import MessageState, Purpose
from parvis.domains.people import testing as people

NOTE = "messaging/mail/note"
LATER = timedelta(minutes=11)

SENDER = """
import os, signal, sys, django
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = os.environ["READERS_DATABASE"]
from pathlib import Path
from parvis.connectors.mail.kept import KeptMail
from parvis.core.clock import now
from parvis.domains.messaging import actions, ports
class Box(KeptMail):
    def send(self, mail):
        if sys.argv[2] == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        taken = super().send(mail)
        if sys.argv[2] == "after":
            os.kill(os.getpid(), signal.SIGKILL)
        return taken
ports.bind_transport(Box(Path(sys.argv[1])))
actions.send_due(at=now())
"""


@pytest.mark.database
@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_sender_killed_with_nine_leaves_one_mail(moment, tmp_path):
    at = now()
    claire = people.customer("claire", at=at)
    actions.send(key="k", template=NOTE, purpose=Purpose.SERVICE, to_customer_id=claire.id, at=at)
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "parvis.project.settings",
        "PARVIS_HOME": str(settings.HOME),
        "READERS_DATABASE": str(connection.settings_dict["NAME"]),
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    dead = subprocess.run([sys.executable, "-c", SENDER, str(tmp_path), moment], env=environment, check=False)
    assert dead.returncode == -signal.SIGKILL
    assert queries.message_by_key("k").state is MessageState.SENDING
    before = ports.transport()
    ports.bind_transport(KeptMail(tmp_path))
    try:
        assert actions.recover(at=now() + LATER) == 1
        actions.send_due(at=now() + LATER)
        actions.send_due(at=now() + LATER)
    finally:
        ports.bind_transport(before)
    assert queries.message_by_key("k").state is MessageState.SENT
    assert len(list(tmp_path.glob("*.eml"))) == 1
