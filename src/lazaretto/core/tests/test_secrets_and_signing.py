"""What lies in the database is unreadable without the key; what was signed can be checked by anyone."""

import json

import pytest
from cryptography.exceptions import InvalidTag
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.core import secrets, signing
from lazaretto.people.models import Person
from tests import factories


@given(st.text())
def test_what_was_encrypted_reads_as_it_was(text):
    text = text.encode("utf-8", "ignore").decode()
    assert secrets.decrypt(secrets.encrypt(text)) == text


def test_the_same_text_never_lies_there_twice_alike():
    assert secrets.encrypt("440105") != secrets.encrypt("440105")
    assert b"440105" not in secrets.encrypt("440105")


@pytest.mark.parametrize("place", [0, 1, 12, 13, -1])
def test_an_altered_blob_is_not_read(place):
    blob = bytearray(secrets.encrypt("440105"))
    blob[place] ^= 1
    with pytest.raises(InvalidTag):
        secrets.decrypt(bytes(blob))


def test_keys_of_different_purposes_differ():
    assert len({secrets.key(purpose) for purpose in ("search", "at-rest", "journal", "receipt", "certificate")}) == 5


def test_a_keyed_hash_finds_equals_and_tells_nothing():
    assert secrets.keyed_hash("440105") == secrets.keyed_hash("440105")
    assert secrets.keyed_hash("440105") != secrets.keyed_hash("440106")
    assert len(secrets.keyed_hash("x")) == 64


@pytest.mark.django_db
def test_an_encrypted_field_is_unreadable_in_the_database():
    made = factories.person(address="滨江路 7 号")
    assert Person.objects.get(pk=made.pk).address == "滨江路 7 号"
    with connection.cursor() as cursor:
        cursor.execute("SELECT address FROM people_person")
        raw = bytes(cursor.fetchone()[0])
    assert "滨江路".encode() not in raw
    assert secrets.decrypt(raw) == "滨江路 7 号"


def test_a_signed_token_is_read_with_the_public_key_alone():
    token = signing.sign({"n": "H01-000412", "name": "王小明"})
    assert signing.read_signed(token, signing.public_key()) == {"n": "H01-000412", "name": "王小明"}
    assert token.isascii()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: token[:-4] + "AAAA",
        lambda token: token.replace("LZ1.", "LZ2.", 1),
        lambda token: token.partition(".")[2],
        lambda _token: "",
        lambda _token: "LZ1.é.ü",
        lambda token: ".".join([token.split(".")[0], signing._encode(b'{"n":2}'), token.split(".")[2]]),
    ],
)
def test_a_spoilt_token_is_refused(spoil):
    with pytest.raises(signing.BadSignature):
        signing.read_signed(spoil(signing.sign({"n": 1})))


def test_a_token_of_another_installation_is_refused(monkeypatch):
    token = signing.sign({"n": 1})
    stranger = signing._encode(bytes(range(32)))
    with pytest.raises(signing.BadSignature):
        signing.read_signed(token, stranger)


def test_only_an_object_is_a_payload():
    body = signing._encode(json.dumps([1]).encode())
    signature = signing._encode(signing._private_key().sign(f"LZ1.{body}".encode()))
    with pytest.raises(signing.BadSignature):
        signing.read_signed(f"LZ1.{body}.{signature}")
