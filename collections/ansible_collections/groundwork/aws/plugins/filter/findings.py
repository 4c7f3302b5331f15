# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Which vulnerabilities of a release stop it, and how they are told."""

from __future__ import annotations

from typing import Any

SEVERITIES = ("CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL", "UNDEFINED")

Finding = dict[str, Any]


def blocking_findings(
    findings: list[Finding], severity: str, accepted: dict[str, str]
) -> list[Finding]:
    """Those of `severity` or worse that somebody could correct and nobody accepted.

    One of which ECR does not tell whether there is a correction counts: silence is no reason to go on.
    """
    stops = SEVERITIES[: SEVERITIES.index(severity) + 1]
    return [
        one
        for one in findings
        if one["severity"] in stops and one["fix"] != "no" and one["id"] not in accepted
    ]


def finding_counts(findings: list[Finding]) -> str:
    """How many there are of each severity: «2 CRITICAL, 5 LOW», or «nothing»."""
    counts = {name: sum(one["severity"] == name for one in findings) for name in SEVERITIES}
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "nothing"


def finding_line(finding: Finding) -> str:
    """A finding in one line: what, in which package, what corrects it."""
    says = {
        "yes": f"corrected in {finding['fixed_in']}" if finding["fixed_in"] else "has a correction",
        "partial": "corrected for some of its packages",
        "no": "no correction yet",
        "unknown": "ECR does not tell whether there is a correction",
    }
    where = " ".join(part for part in (finding["package"], finding["version"]) if part)
    told = says.get(finding["fix"], finding["fix"])
    return f"{finding['severity']} {finding['id']} in {where or 'the image'}: {told}"


class FilterModule:
    """Filters about findings of a scan."""

    def filters(self) -> dict[str, Any]:
        """The filters by name."""
        return {
            "blocking_findings": blocking_findings,
            "finding_counts": finding_counts,
            "finding_line": finding_line,
        }
