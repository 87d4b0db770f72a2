"""Receipts: the same request twice is applied once.

A receipt is claimed first inside the command's transaction, so a second request under the same id waits for the first
to commit (and gets its answer) or to roll back (and is applied itself).
"""

import hmac
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import connection

from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.errors import AnswerNotKept, ClientIdReused
from lazaretto.core.models import CommandReceipt
from lazaretto.core.prepared import statement_cursor
from lazaretto.core.secrets import keyed_hash

# Plain statements, because every command runs them. One instead of look, savepoint and insert: the unique key makes a
# concurrent request wait.
CLAIM = """INSERT INTO core_commandreceipt (client_id, command, actor_id, body_digest, created_at)
VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"""
SETTLE = "UPDATE core_commandreceipt SET answer = %s WHERE client_id = %s"

# What stands in place of an answer that was a secret.
NOT_KEPT = {"answer": "not kept"}


def claim(client_id: UUID, command: str, actor: Actor, payload: Mapping[str, Any]) -> CommandReceipt | None:
    """None when this request is the first under its id; otherwise the receipt with the stored answer.

    Raises `ClientIdReused` for another command, user or body, `AnswerNotKept` when the answer was a secret.
    """
    digest = _digest(command, actor, payload)
    moment = connection.ops.adapt_datetimefield_value(clock.now())
    values = [_key(client_id), command, actor.user_id, digest, moment]
    with statement_cursor() as cursor:
        cursor.execute(CLAIM, values)
        if cursor.rowcount == 1:
            return None
    found = CommandReceipt.objects.get(client_id=client_id)
    if not hmac.compare_digest(found.body_digest, digest):
        raise ClientIdReused(client_id=client_id)
    if found.answer == NOT_KEPT:
        raise AnswerNotKept(client_id=client_id)
    return found


def settle(client_id: UUID, answer: Any | None) -> None:
    """Keep the answer; None when it is a secret."""
    with statement_cursor() as cursor:
        cursor.execute(SETTLE, settling(client_id, answer))


def settling(client_id: UUID, answer: Any | None) -> list[Any]:
    """The values of `SETTLE`."""
    return [json.dumps(NOT_KEPT if answer is None else answer), _key(client_id)]


def _key(client_id: UUID) -> Any:
    return CommandReceipt._meta.pk.get_db_prep_value(client_id, connection)


def _digest(command: str, actor: Actor, payload: Mapping[str, Any]) -> str:
    """Keyed, because a body may hold a password that is not to be guessed from a stolen database."""
    said = json.dumps([command, actor.user_id, payload], sort_keys=True, default=str, ensure_ascii=False)
    return keyed_hash(said, "receipt")
