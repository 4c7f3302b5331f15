"""Who is subscribed by mail or HTTP has to confirm it, as on AWS."""

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from json import loads
from threading import Thread
from typing import Any

from botocore.exceptions import ClientError
from pytest import fixture, raises

Aws = Callable[[str], Any]


@fixture
def topic(aws: Aws) -> str:
    return aws("sns").create_topic(Name="shop-qa")["TopicArn"]


@fixture
def endpoint() -> Any:
    """An HTTP endpoint: its URL, and what it was posted."""
    posted: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posted.append(loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook", posted
    server.shutdown()


def listed(aws: Aws, topic: str) -> list[str]:
    found = aws("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    return [one["SubscriptionArn"] for one in found]


def test_mail_waits_for_its_confirmation(aws: Aws, topic: str) -> None:
    sns = aws("sns")
    answer = sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="ops@example.com")
    assert answer["SubscriptionArn"] == "pending confirmation"
    assert listed(aws, topic) == ["PendingConfirmation"]
    asked = {"Protocol": "email", "Endpoint": "ops@example.com", "ReturnSubscriptionArn": True}
    assert sns.subscribe(TopicArn=topic, **asked)["SubscriptionArn"].startswith(topic)
    with raises(ClientError):
        sns.confirm_subscription(TopicArn=topic, Token="another")


def test_an_endpoint_gets_messages_once_it_has_confirmed(
    aws: Aws, topic: str, endpoint: Any
) -> None:
    from tests.waiting import until

    (url, posted), sns = endpoint, aws("sns")
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=url)
    until(lambda: bool(posted), "the question for a confirmation")
    sns.publish(TopicArn=topic, Message="too early")
    sns.confirm_subscription(TopicArn=topic, Token=posted[0]["Token"])
    assert listed(aws, topic)[0].startswith(topic)
    sns.publish(TopicArn=topic, Message="now")
    assert [one.get("Message") for one in posted[1:]] == ["now"]


def test_a_queue_confirms_nothing(aws: Aws, topic: str) -> None:
    aws("sqs").create_queue(QueueName="shop")
    arn = "arn:aws:sqs:us-east-1:123456789012:shop"
    sns = aws("sns")
    assert sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)["SubscriptionArn"] != (
        "pending confirmation"
    )
