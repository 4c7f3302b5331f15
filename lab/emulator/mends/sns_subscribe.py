"""A subscription by mail or HTTP waits for its confirmation, and gets nothing before.

API reference, Subscribe: the answer is «pending confirmation» where the endpoint has to confirm
(«PendingConfirmation» in lists), and an HTTP endpoint is posted a SubscriptionConfirmation with
the token that ConfirmSubscription takes. moto 5.2 takes every subscription as confirmed at once, so
that a module which cannot live with one that waits would look sound here.
"""

import threading
from contextlib import suppress
from typing import Any

import requests
from moto.core.responses import ActionResult
from moto.sns.exceptions import SNSInvalidParameter
from moto.sns.models import SNSBackend, Subscription
from moto.sns.responses import SNSResponse

from lab.emulator.mends import mend

CONFIRMED_BY = ("email", "email-json", "http", "https")
WAITING = "PendingConfirmation"


def token_of(subscription: Subscription) -> str:
    """The token that confirms a subscription: the end of the ARN that nobody is told before."""
    return subscription.arn.rpartition(":")[2]


def _waits(subscription: Subscription) -> bool:
    return subscription.protocol in CONFIRMED_BY and not subscription.confirmed


@mend(SNSBackend, "subscribe")
def _subscribe(
    original: Any, self: SNSBackend, topic_arn: str, endpoint: str, protocol: str
) -> Subscription:
    known = set(self.subscriptions)
    subscription = original(self, topic_arn, endpoint, protocol)
    if subscription.arn not in known and _waits(subscription):
        subscription.attributes["PendingConfirmation"] = True
        if protocol in ("http", "https"):
            threading.Thread(target=_ask, args=[subscription], daemon=True).start()
    return subscription


def _ask(subscription: Subscription) -> None:
    message = {
        "Type": "SubscriptionConfirmation",
        "TopicArn": subscription.topic_arn,
        "Token": token_of(subscription),
    }
    # Who does not answer stays unconfirmed, as on AWS.
    with suppress(requests.RequestException):
        requests.post(subscription.endpoint, json=message, timeout=5)


@mend(Subscription, "publish")
def _publish(original: Any, self: Subscription, *args: Any, **kwargs: Any) -> None:
    if not _waits(self):
        original(self, *args, **kwargs)


@mend(SNSResponse, "subscribe")
def _answer(original: Any, self: SNSResponse) -> ActionResult:
    answer = original(self)
    # ReturnSubscriptionArn: «includes the subscription ARN, even if it is not yet confirmed».
    if str(self._get_param("ReturnSubscriptionArn")).lower() == "true":
        return answer
    found = self.backend.subscriptions.get(answer.result["SubscriptionArn"])
    if found is not None and _waits(found):
        return ActionResult({"SubscriptionArn": "pending confirmation"})
    return answer


def _list(original: Any, self: SNSResponse) -> ActionResult:
    result = dict(original(self).result)
    result["Subscriptions"] = [
        {
            "SubscriptionArn": WAITING if _waits(one) else one.arn,
            "Owner": one.owner,
            "Protocol": one.protocol,
            "Endpoint": one.endpoint,
            "TopicArn": one.topic_arn,
        }
        for one in result["Subscriptions"]
    ]
    return ActionResult(result)


for _operation in ("list_subscriptions", "list_subscriptions_by_topic"):
    mend(SNSResponse, _operation)(_list)


@mend(SNSResponse, "confirm_subscription")
def _confirm(_: Any, self: SNSResponse) -> ActionResult:
    token = self._get_param("Token")
    for one in self.backend.subscriptions.values():
        if one.topic_arn == self._get_param("TopicArn") and token_of(one) == token:
            one.confirmed = True
            one.attributes["PendingConfirmation"] = False
            return ActionResult({"SubscriptionArn": one.arn})
    raise SNSInvalidParameter("Invalid parameter: Token")
