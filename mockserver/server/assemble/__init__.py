"""Joins the parts, and nothing else does: files to a checked definition, its data, and what answers for them."""

from mockserver.server.assemble.beginning import Beginning, UnknownName
from mockserver.server.assemble.composition import definition_model
from mockserver.server.assemble.instance import AssembledInstance
from mockserver.server.assemble.preparation import Prepared, load_prepared, override, prepare
from mockserver.server.assemble.service import AssembledService
from mockserver.server.assemble.staging import Staged

__all__ = [
    "AssembledInstance",
    "AssembledService",
    "Beginning",
    "Prepared",
    "Staged",
    "UnknownName",
    "definition_model",
    "load_prepared",
    "override",
    "prepare",
]
