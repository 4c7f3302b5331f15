"""The configuration of an HAProxy that stands for an Application Load Balancer. Pure text.

The controller decides who is healthy, as ALB's rules have it; the proxy has no checks of its own.
Each target group has a fixed number of slots for servers, so that targets come and go in the
running process, without a new one.
"""

import re
from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address
from typing import Any

from lab import conditions
from lab.emulator.balancing import Balancer, Listener, Rule, TargetGroup, weights

FOLDER = "/etc/lab/balancer"
SLOTS = 16
Slots = Mapping[int, str]  # number -> `address:port` of a server that gets traffic
# What a redirect's placeholders (`#{host}` ...) are in HAProxy's log format.
PLACEHOLDERS = {
    "host": "%[req.hdr(host),field(1,:)]",
    "path": "%[path,regsub(^/,)]",
    "query": "%[query]",
    "protocol": "%[var(txn.protocol)]",
    "port": "%[dst_port]",
}
_ALGORITHMS = {"least_outstanding_requests": "leastconn", "weighted_random": "random"}


def configuration(balancer: Balancer, address: IPv4Address, slots: Mapping[str, Slots]) -> str:
    """Write haproxy.cfg. `slots` are the servers of each target group, by its ARN."""
    idle = balancer.attributes.get("idle_timeout.timeout_seconds", "60")
    keep = balancer.attributes.get("client_keep_alive.seconds", "3600")
    parts = [
        "global",
        "  log stdout format raw local0",
        "  stats socket ipv4@127.0.0.1:9999 level admin",
        "  maxconn 2000",
        # An old process ends with its last request, at the latest then.
        "  hard-stop-after 5m",
        "defaults",
        "  mode http",
        "  log global",
        "  option httplog",
        "  option redispatch",
        "  retries 2",
        "  timeout connect 5s",
        f"  timeout client {idle}s",
        f"  timeout server {idle}s",
        f"  timeout http-keep-alive {min(int(keep), int(idle))}s",
        "  timeout http-request 60s",
    ]
    for listener in balancer.listeners:
        parts += _frontend(balancer, listener, address)
    for group in balancer.groups:
        parts += _backend(group, slots.get(group.arn, {}))
    return "\n".join(parts) + "\n"


def tls_minimum(policy: str) -> str:
    """Tell the lowest TLS version that a security policy of ELB takes."""
    if "TLS13-1-3" in policy:
        return "TLSv1.3"
    if re.search(r"TLS13-1-2|TLS-1-2|FS-1-2", policy):
        return "TLSv1.2"
    return "TLSv1.1" if re.search(r"1-1", policy) else "TLSv1.0"


def backend_name(arn: str) -> str:
    """Name a target group's backend."""
    return "group_" + arn.rpartition("/")[2]


def _frontend(balancer: Balancer, listener: Listener, address: IPv4Address) -> list[str]:
    secure = listener.protocol == "HTTPS"
    bind = f"  bind {address}:{listener.port}"
    if secure:
        http2 = balancer.attributes.get("routing.http2.enabled", "true") == "true"
        bind += f" ssl crt {FOLDER}/certificates/{listener.port}/"
        bind += f" ssl-min-ver {tls_minimum(listener.ssl_policy)}"
        bind += f" alpn {'h2,' if http2 else ''}http/1.1"
    scheme = "https" if secure else "http"
    lines = [
        f"frontend listener_{listener.port}",
        bind,
        f"  http-request set-var(txn.protocol) str({scheme.upper()})",
        f"  http-request set-header X-Forwarded-Proto {scheme}",
        f"  http-request set-header X-Forwarded-Port {listener.port}",
        "  http-request set-header X-Amzn-Trace-Id "
        '"Root=1-%[date,hex,bytes(8,8)]-%[uuid(),regsub(-,,g),bytes(0,24)]" '
        "unless { req.hdr(X-Amzn-Trace-Id) -m found }",
        "  http-request set-var-fmt(txn.query) ?%[query] if { query,length gt 0 }",
        *_forwarded_for(balancer.attributes.get("routing.http.xff_header_processing.mode", "")),
    ]
    for number, rule in enumerate(listener.rules):
        lines += _match(number, rule)
    for number, rule in enumerate(listener.rules):
        lines += _answer(number, rule, listener)
    uses: list[str] = []
    for number, rule in enumerate(listener.rules):
        for line in _forward(number, rule):
            (uses if line.startswith("  use_backend") else lines).append(line)
    return lines + uses


def _forwarded_for(mode: str) -> list[str]:
    if mode == "remove":
        return ["  http-request del-header X-Forwarded-For"]
    return [] if mode == "preserve" else ["  option forwardfor"]


def _match(number: int, rule: Rule) -> list[str]:
    """Remember the first rule whose conditions all hold."""
    lines, names = [], []
    for index, condition in enumerate(rule.conditions):
        name = f"rule{number}_{index}"
        lines += [f"  acl {name} {test}" for test in conditions.tests(condition)]
        names.append(name)
    names = [name for name in names if any(f"acl {name} " in line for line in lines)]
    if rule.conditions and len(names) < len(rule.conditions):
        return []  # a condition of a kind that ALB does not have either
    holds = " ".join(["!{ var(txn.rule) -m found }", *names])
    return [*lines, f"  http-request set-var(txn.rule) int({number}) if {holds}"]


def _answer(number: int, rule: Rule, listener: Listener) -> list[str]:
    """Answer by redirect or fixed response."""
    chosen = f"if {{ var(txn.rule) -m int {number} }}"
    action = _last(rule)
    if action.get("Type") == "redirect":
        config = action["RedirectConfig"]
        code = 301 if config["StatusCode"] == "HTTP_301" else 302
        return [f"  http-request redirect location {_location(config)} code {code} {chosen}"]
    if action.get("Type") == "fixed-response":
        config = action["FixedResponseConfig"]
        body = ""
        if config.get("MessageBody"):
            kind = config.get("ContentType") or "text/plain"
            body = f"content-type {kind} string {_text(config['MessageBody'])} "
        return [f"  http-request return status {config['StatusCode']} {body}{chosen}"]
    if action.get("Type") == "forward":
        return []
    text = f"an action of type {action.get('Type')} is not in the lab"
    return [f"  http-request return status 501 content-type text/plain string '{text}' {chosen}"]


def _location(config: dict[str, str]) -> str:
    host, path = config.get("Host", "#{host}"), config.get("Path", "/#{path}")
    protocol = config.get("Protocol", "#{protocol}").lower()
    port, query = config.get("Port", "#{port}"), config.get("Query", "#{query}")
    usual = (protocol, port) in (("https", "443"), ("http", "80"))
    text = f"{protocol}://{host}{'' if usual else ':' + port}{path}".replace("%", "%%")
    if query == "#{query}":
        text += "%[var(txn.query)]"
    elif query:
        text += "?" + query.replace("%", "%%")
    for name, sample in PLACEHOLDERS.items():
        text = text.replace(f"#{{{name}}}", sample)
    return text.replace(" ", "%%20")


def _forward(number: int, rule: Rule) -> list[str]:
    """Hand on to a target group, to several by their weights."""
    chosen = f"{{ var(txn.rule) -m int {number} }}"
    groups = [pair for pair in weights(_last(rule)) if pair[1] > 0]
    if _last(rule).get("Type") != "forward" or not groups:
        return []
    if len(groups) == 1:
        return [f"  use_backend {backend_name(groups[0][0])} if {chosen}"]
    total, reached, lines = sum(weight for _, weight in groups), 0, []
    lines.append(f"  http-request set-var(txn.dice) rand({total}) if {chosen}")
    for arn, weight in groups:
        reached += weight
        lines.append(
            f"  use_backend {backend_name(arn)} if {chosen} {{ var(txn.dice) -m int lt {reached} }}"
        )
    return lines


def _last(rule: Rule) -> dict[str, Any]:
    ordered = sorted(rule.actions, key=lambda action: int(action.get("Order") or 1))
    return ordered[-1] if ordered else {}


def _backend(group: TargetGroup, slots: Slots) -> list[str]:
    lines = [
        f"backend {backend_name(group.arn)}",
        f"  balance {_ALGORITHMS.get(group.algorithm, 'roundrobin')}",
    ]
    if group.sticky_seconds:
        lines.append(
            f"  cookie AWSALB insert indirect nocache httponly maxlife {group.sticky_seconds}s"
        )
    secure = " ssl verify none" if group.protocol == "HTTPS" else ""
    for number in range(1, SLOTS + 1):
        where = slots.get(number)
        end = f" cookie slot{number}" if group.sticky_seconds else ""
        end += secure + ("" if where else " disabled")
        lines.append(f"  server slot{number} {where or '0.0.0.0:1'}{end}")
    return lines


def commands(arn: str, before: Slots, after: Slots) -> list[str]:
    """Write what brings a running proxy from some servers of a group to others.

    A slot that is freed takes no new requests; what runs in it ends by itself.
    """
    lines = []
    for number in sorted({*before, *after}):
        server = f"{backend_name(arn)}/slot{number}"
        where = after.get(number)
        if where and where != before.get(number):
            address, _, port = where.rpartition(":")
            lines.append(f"set server {server} addr {address} port {port}")
        if where and number not in before:
            lines.append(f"set server {server} state ready")
        elif not where:
            lines.append(f"set server {server} state maint")
    return lines


def telling(lines: Iterable[str]) -> list[str]:
    """Write the command line that gives commands to a proxy, from within its container."""
    script = 'for one in "$@"; do exec 3<>/dev/tcp/127.0.0.1/9999; echo "$one" >&3; cat <&3; done'
    return ["bash", "-c", script, "proxy", *lines]


def taken_over(before: str) -> list[str]:
    """Write the command line that waits until another process than `before` answers.

    Three times in a row, since old and new share their ports for a moment, and who asks meets
    either. It fails after twenty seconds.
    """
    script = """
    same=0
    for turn in $(seq 200); do
        pid=$(exec 3<>/dev/tcp/127.0.0.1/9999 && echo 'show info' >&3 && sed -n 's/^Pid: //p' <&3)
        if [ -n "$pid" ] && [ "$pid" != "$1" ]; then same=$((same + 1)); else same=0; fi
        if [ $same = 3 ]; then echo "$pid"; exit; fi
        sleep 0.1
    done 2>/dev/null
    exit 1"""
    return ["bash", "-c", script, "proxy", before]


def _text(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
