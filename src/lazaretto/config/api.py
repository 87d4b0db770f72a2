"""The API under /api/v1: one endpoint a command, and the read endpoints of every app."""

from ninja import NinjaAPI

api = NinjaAPI(title="Lazaretto", version="1", docs_url=None, urls_namespace="api")
