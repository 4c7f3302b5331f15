"""AWS's Price List answers GetProducts for a few products.

API reference, GetProducts: filters of the type TERM_MATCH all hold, `productFamily` among them; the
answer is a list of JSON documents as strings, `product`, `serviceCode` and `terms` each, in pages.
moto 5.2 has no Price List at all, so its requests are answered before moto looks for a service.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from lab.emulator.mends import mend

TARGET = "AWSPriceListService."
PAGE = 100
PUBLISHED = "2025-06-30T00:00:00Z"
# The codes of an offer on demand and of its rate, the same in all of AWS's documents.
ON_DEMAND, RATE = "JRTCKXETXF", "6YS6EN2CT7"
PRODUCTS = Path(__file__).parents[1] / "data" / "price_list.yml"


@mend(DomainDispatcherApplication, "get_application")
def _application(original: Any, self: Any, environ: dict[str, Any]) -> Any:
    if environ.get("HTTP_X_AMZ_TARGET", "").startswith(TARGET):
        return _answer
    return original(self, environ)


def _answer(environ: dict[str, Any], start: Callable) -> list[bytes]:
    action = environ["HTTP_X_AMZ_TARGET"].removeprefix(TARGET)
    length = int(environ.get("CONTENT_LENGTH") or 0)
    asked = json.loads(environ["wsgi.input"].read(length) or "{}")
    status = "200 OK"
    if action == "GetProducts":
        body = _page(asked)
    else:
        status = "400 Bad Request"
        body = {"__type": "UnknownOperationException", "message": f"The emulator has no {action}"}
    start(status, [("Content-Type", "application/x-amz-json-1.1")])
    return [json.dumps(body).encode()]


def _page(asked: dict[str, Any]) -> dict[str, Any]:
    wanted = {one["Field"]: one["Value"] for one in asked.get("Filters") or []}
    found = [one for one in _documents() if _fits(one, asked["ServiceCode"], wanted)]
    begin, size = int(asked.get("NextToken") or 0), asked.get("MaxResults") or PAGE
    page = [json.dumps(one) for one in found[begin : begin + size]]
    more = {"NextToken": str(begin + size)} if begin + size < len(found) else {}
    return {"FormatVersion": "aws_v1", "PriceList": page, **more}


def _fits(document: dict[str, Any], service: str, wanted: dict[str, str]) -> bool:
    product = document["product"]
    told = {**product["attributes"], "productFamily": product.get("productFamily")}
    return document["serviceCode"] == service and wanted.items() <= told.items()


@cache
def _documents() -> list[dict[str, Any]]:
    return list(_read())


def _read() -> Iterator[dict[str, Any]]:
    for one in yaml.safe_load(PRODUCTS.read_text()):
        named = json.dumps([one["service"], one["attributes"]], sort_keys=True)
        sku = hashlib.sha256(named.encode()).hexdigest()[:16].upper()
        offer = f"{sku}.{ON_DEMAND}"
        steps = {}
        for number, (begin, end, usd, unit) in enumerate(one["steps"]):
            code = f"{offer}.{RATE[: -len(str(number))]}{number}" if number else f"{offer}.{RATE}"
            steps[code] = {
                "unit": unit,
                "beginRange": str(begin),
                "endRange": str(end),
                "description": f"${usd} per {unit}",
                "appliesTo": [],
                "rateCode": code,
                "pricePerUnit": {"USD": usd},
            }
        family = {"productFamily": one["family"]} if "family" in one else {}
        about = {"servicecode": one["service"], "locationType": "AWS Region"}
        term = {
            "priceDimensions": steps,
            "sku": sku,
            "effectiveDate": PUBLISHED,
            "offerTermCode": ON_DEMAND,
            "termAttributes": {},
        }
        yield {
            "product": {**family, "attributes": {**about, **one["attributes"]}, "sku": sku},
            "serviceCode": one["service"],
            "terms": {"OnDemand": {offer: term}},
            "version": "20250630000000",
            "publicationDate": PUBLISHED,
        }
