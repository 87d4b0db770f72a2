"""Completes the description of the API: the commands, and the errors of every operation."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from ninja.openapi.schema import REF_TEMPLATE, OpenAPISchema

from lazaretto.config.api import actions
from lazaretto.config.api.problems import PROBLEM_TYPE
from lazaretto.core.commands import Command
from lazaretto.core.errors import DomainError

Json = dict[str, Any]

PROBLEM: Json = {
    "title": "Problem",
    "description": "What went wrong and what to do next (RFC 9457).",
    "type": "object",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string", "description": "urn:lazaretto:error:<code>"},
        "title": {"type": "string", "description": "What happened, in the reader's language."},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable word for programs; see x-lazaretto-errors."},
        "detail": {"type": "string", "description": "What to do next, in the reader's language."},
        "context": {"type": "object", "additionalProperties": {"type": "string"}},
        "fields": {
            "type": "object",
            "description": "Of invalid input: what is wrong, by field.",
            "additionalProperties": {"type": "string"},
        },
    },
}
READ_ERRORS = (400, 401, 403, 404, 405, 422, 429)
UNREADABLE = "A value cannot be used (`invalid_input`), or a query parameter is not known here (`unknown_parameter`)."
WRITE_ERRORS = (*READ_ERRORS, 409, 413)
HEADERS: list[Json] = [
    {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "A UUID made by the device. The same key again gives the first answer and changes nothing.",
        "schema": {"type": "string", "format": "uuid"},
    },
    {
        "name": "X-Occurred-At",
        "in": "header",
        "required": False,
        "description": "When it happened (ISO 8601 with offset); without it now. At most five minutes ahead and seven "
        "days back. The journal also keeps when it was recorded. Rights are those of the moment of recording.",
        "schema": {"type": "string", "format": "date-time"},
    },
    {
        "name": "X-Device",
        "in": "header",
        "required": False,
        "description": "Name of the device, kept in the journal.",
        "schema": {"type": "string", "maxLength": 40},
    },
]


def complete(schema: OpenAPISchema) -> OpenAPISchema:
    """Add what ninja does not know; the same object is returned."""
    shapes = schema["components"]["schemas"]
    shapes["Problem"] = PROBLEM
    for operation in _operations(schema["paths"]):
        operation["responses"].update(_errors(READ_ERRORS))
        operation["responses"][422]["description"] = UNREADABLE
    prefix = next(path for path in schema["paths"] if path.endswith("/commands"))
    security: list[Json] = [{name: []} for name in schema["components"].get("securitySchemes", {})]
    for command in actions.offered():
        schema["paths"][f"{prefix}/{command.name}"] = {"post": _command(command, shapes, security)}
    schema["x-lazaretto-errors"] = [
        {"code": kind.code, "status": kind.status, "meaning": (kind.__doc__ or "").strip()} for kind in _kinds()
    ]
    return schema


def _operations(paths: Json) -> Iterator[Json]:
    for methods in paths.values():
        yield from methods.values()


def _command(command: Command[Any, Any], shapes: Json, security: list[Json]) -> Json:
    summary, _, more = actions.describe(command).partition(". ")
    return {
        "operationId": command.name,
        "summary": summary.rstrip("."),
        "description": f"{more}\n\nNeeds the capability `{command.capability}`.".strip(),
        "tags": [command.name.split(".")[0]],
        "security": security,
        "parameters": HEADERS,
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _shape(command.input_model.model_json_schema, shapes)}},
        },
        "responses": {
            200: {
                "description": "Done, and written in the journal.",
                "content": {
                    "application/json": {"schema": _shape(command.result.json_schema, shapes, "serialization")}
                },
            },
            **_errors(WRITE_ERRORS),
        },
    }


def _shape(describe: Any, shapes: Json, mode: str = "validation") -> Json:
    """The schema of a model, its parts moved where references find them."""
    shape: Json = describe(ref_template=REF_TEMPLATE, mode=mode)
    shapes.update(shape.pop("$defs", {}))
    return shape


def _errors(statuses: tuple[int, ...]) -> dict[int, Json]:
    content = {PROBLEM_TYPE: {"schema": {"$ref": REF_TEMPLATE.format(model="Problem")}}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in sorted(statuses)}


def _kinds() -> list[type[DomainError]]:
    """Every named error that is loaded, by code."""
    found: dict[str, type[DomainError]] = {}
    waiting = [DomainError]
    while waiting:
        kind = waiting.pop()
        found.setdefault(kind.code, kind)
        waiting.extend(kind.__subclasses__())
    return [found[code] for code in sorted(found)]
