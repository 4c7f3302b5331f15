"""Of simultaneous conditional writes one succeeds, as on AWS."""

import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

Aws = Callable[[str], Any]
TABLE = {
    "TableName": "locks",
    "AttributeDefinitions": [{"AttributeName": "LockID", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "LockID", "KeyType": "HASH"}],
    "BillingMode": "PAY_PER_REQUEST",
}


@pytest.fixture
def hurry() -> Iterator[None]:
    """Threads that take turns as often as the interpreter lets them, so that a race shows."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


def winners(aws: Aws, call: Callable[[Any, int], Any], runners: int = 10) -> int:
    """How many of simultaneous calls succeed."""
    begin, won = threading.Barrier(runners), []

    def run(number: int) -> None:
        client = aws("dynamodb")
        begin.wait()
        try:
            call(client, number)
        except ClientError:
            return
        won.append(number)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(runners)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(won)


@pytest.mark.usefixtures("hurry")
def test_one_of_ten_conditional_puts_succeeds(aws: Aws) -> None:
    aws("dynamodb").create_table(**TABLE)

    def put(item: str) -> Callable[[Any, int], Any]:
        return lambda client, number: client.put_item(
            TableName="locks",
            Item={"LockID": {"S": item}, "run": {"S": str(number)}},
            ConditionExpression="attribute_not_exists(LockID)",
        )

    assert [winners(aws, put(f"environment {n}")) for n in range(5)] == [1] * 5


@pytest.mark.usefixtures("hurry")
def test_one_of_ten_creates_the_table(aws: Aws) -> None:
    assert winners(aws, lambda client, number: client.create_table(**TABLE)) == 1
