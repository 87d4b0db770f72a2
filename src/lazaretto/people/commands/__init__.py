"""Writes of people."""

from lazaretto.people.commands.newcomers import GivenDocument, GivenNeed, NewPerson, clean_person
from lazaretto.people.commands.registration import (
    PersonRegistered,
    add_people,
    close_access,
    form_parties,
    open_access,
    register_person,
)

__all__ = [
    "GivenDocument",
    "GivenNeed",
    "NewPerson",
    "PersonRegistered",
    "add_people",
    "clean_person",
    "close_access",
    "form_parties",
    "open_access",
    "register_person",
]
