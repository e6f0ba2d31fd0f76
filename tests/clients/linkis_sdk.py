"""The Linkis SDKs in a process of their own: `linkis_sdk.py API`; a call is [sync|async, user, password, code].

The answer is what `execute_code` gives: the rows, how many they are, and why there are none.
"""

import asyncio
import json
import sys
from typing import Any

from linkis_python_sdk.asyncio.client import LinkisClient as AsyncClient
from linkis_python_sdk.client import LinkisClient
from linkis_python_sdk.config.config import LinkisConfig

QUERY = {"columns": [{"column": "id"}, {"column": "name"}]}


def execute(kind: str, configuration: LinkisConfig, code: str) -> Any:
    if kind == "async":
        return asyncio.run(AsyncClient(configuration).execute_code(code, QUERY, "spark", "sql"))
    return LinkisClient(configuration).execute_code(code, QUERY, "spark", "sql")


for line in sys.stdin:
    kind, user, password, code = json.loads(line)
    outcome = execute(kind, LinkisConfig(sys.argv[1], user, password), code)
    sys.stdout.write(json.dumps({"value": outcome}) + "\n")
    sys.stdout.flush()
