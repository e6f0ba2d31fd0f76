"""Holds answers against a document: the operation of a request, and everything in an answer that is not as it says."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from tests.server.wire import Answer

Json = Any


@dataclass(frozen=True)
class Witness:
    """One document."""

    document: Mapping[str, Json]

    def resolve(self, part: Json) -> Json:
        """A part of the document, or what it refers to."""
        while "$ref" in part:
            here: Json = self.document
            for step in part["$ref"].removeprefix("#/").split("/"):
                here = here[step]
            part = here
        return part

    def operations(self) -> Iterator[tuple[str, str, Json]]:
        """Every path and method with its operation."""
        for path, item in self.document["paths"].items():
            for method, operation in item.items():
                if method != "parameters":
                    yield path, method.upper(), operation

    def find(self, method: str, target: str) -> Json | None:
        """The operation of a request; the path with the fewest parameters is meant."""
        path = target.partition("?")[0]
        fitting = [
            (template.count("{"), operation)
            for template, one, operation in self.operations()
            if one == ("GET" if method == "HEAD" else method)
            and re.fullmatch(re.sub(r"\\\{.*?\\\}", "[^/]+", re.escape(template)), path)
        ]
        return min(fitting, key=lambda pair: pair[0])[1] if fitting else None

    def flaws(self, schema: Json, value: Json) -> list[str]:
        """What a schema of the document has against a value."""
        whole = {**schema, "components": self.document["components"]}
        errors = Draft202012Validator(whole, format_checker=FormatChecker(("date", "uuid"))).iter_errors(value)
        return [f"{error.json_path}: {error.message}" for error in errors]

    def objections(self, operation: Json, answer: Answer) -> list[str]:
        """What in an answer is not as the document says."""
        if str(answer.status) not in operation["responses"]:
            return [f"{answer.status} is not documented"]
        response = self.resolve(operation["responses"][str(answer.status)])
        missing = [
            f"the header {name} is missing"
            for name, header in response.get("headers", {}).items()
            if self.resolve(header).get("required") and name.lower() not in answer.headers
        ]
        if "content" not in response:
            return [*missing, *([f"there is a body: {answer.body!r}"] if answer.body else [])]
        media = answer.headers.get("content-type", "").partition(";")[0]
        if media not in response["content"]:
            return [*missing, f"{media} is not documented"]
        return [*missing, *self.flaws(response["content"][media]["schema"], json.loads(answer.body))]
