"""Packs and jurisdictions by name: `{% load protocols %}`."""

from django import template

from lazaretto.protocols import wording

register = template.Library()
register.filter("said", wording.said)
register.filter("pack_title", wording.title_of)
register.filter("jurisdiction_title", wording.jurisdiction_title)
