# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Prices as AWS's Price List has them now. Nothing here stops an estimate: what AWS does not tell is told with its reason."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils.cost.price_list import Query, Unlisted
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.account import TROUBLE

# The Price List answers for all regions in a few places only.
ENDPOINT_REGION = "us-east-1"
# Few enough that AWS does not throttle.
AT_ONCE = 6
PERMISSION = "pricing:GetProducts"

Row = tuple[str, str | None]


@dataclass
class Live:
    """What AWS told: USD for one unit by table and row, and why of others it told none."""

    prices: dict[Row, float] = field(default_factory=dict)
    missing: dict[Row, str] = field(default_factory=dict)
    # When AWS published the oldest and the newest of what it told.
    published: set[str] = field(default_factory=set)
    # Why nothing more was asked, where AWS could not be.
    trouble: str = ""


class Asker:
    """Asks for many rows, a few at once, and stops at the first sign that AWS cannot be asked at all."""

    def __init__(self, client: Any, names: dict[str, Any], region: str) -> None:
        self._client = client
        self._names = names
        self._region = region
        self._stopped = threading.Event()
        self._found = Live()

    def ask(self, rows: Iterable[Row]) -> Live:
        """What AWS tells of these rows."""
        wanted = sorted(set(rows), key=str)
        with ThreadPoolExecutor(AT_ONCE) as workers:
            list(workers.map(self._one, wanted))
        if self._found.trouble:
            known = self._found.prices.keys() | self._found.missing.keys()
            for row in wanted:
                if row not in known:
                    self._found.missing[row] = "AWS's Price List was not asked"
        return self._found

    def _one(self, row: Row) -> None:
        if self._stopped.is_set():
            return
        try:
            name, of = row
            if name not in self._names:
                raise Unlisted("roles/cost/price_list/ does not say how AWS calls it")
            query = Query(self._names[name], of, self._region)
            documents = self._documents(query)
            self._found.prices[row] = query.price(documents)
        except Unlisted as why:
            self._found.missing[row] = str(why)
        except Exception as error:
            # Whatever boto3 raises: an estimate goes on with the tables.
            self._found.trouble = self._found.trouble or trouble(error)
            self._stopped.set()
        else:
            self._found.published |= {str(one.get("publicationDate", ""))[:10] for one in documents}

    def _documents(self, query: Query) -> list[dict[str, Any]]:
        pages = self._client.get_paginator("get_products").paginate(**query.request())
        return [json.loads(text) for page in pages for text in page["PriceList"]]


def client() -> Any:
    """A client of the Price List, with the credentials that everything else has."""
    import boto3  # here: only who asks for live prices pays for it
    from botocore.config import Config

    patience = Config(
        connect_timeout=5,
        read_timeout=30,
        # Slows down by itself where AWS throttles.
        retries={"mode": "adaptive", "total_max_attempts": 5},
        max_pool_connections=AT_ONCE,
    )
    return boto3.session.Session().client("pricing", region_name=ENDPOINT_REGION, config=patience)


def ask(rows: Iterable[Row], names: dict[str, Any], region: str) -> Live:
    """What AWS tells of these rows; a `trouble` where it cannot be asked."""
    try:
        asked = client()
    except Exception as error:
        return Live(trouble=trouble(error), missing=dict.fromkeys(rows, "AWS was not asked"))
    return Asker(asked, names, region).ask(rows)


def trouble(error: Exception) -> str:
    """Why AWS cannot be asked, and what to do, in one line."""
    code = getattr(error, "response", {}).get("Error", {}).get("Code", "")
    text = " ".join(str(error).split()).rstrip(".")
    if code in ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation"):
        return f"{text}. It wants the permission {PERMISSION} (docs/iam)."
    for kind in type(error).__mro__:
        if kind.__name__ in TROUBLE:
            says, write = TROUBLE[kind.__name__]
            return f"The credentials {says.format(error=text)}. {write}"
    return f"{type(error).__name__}: {text}."
