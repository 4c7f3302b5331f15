#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Request a DNS-validated certificate from ACM."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: acm_dns_certificate
short_description: Request a DNS-validated certificate from ACM
description:
  - Keeps one certificate for a domain requested (or issued), and returns the DNS records that prove the domain.
  - Written because M(community.aws.acm_certificate) only imports certificates.
version_added: 0.1.0
author: Groundwork contributors
options:
  name:
    description: The certificate's domain name. Together with O(alternative_names) it identifies the certificate.
    type: str
    required: true
    aliases: [domain_name]
  alternative_names:
    description: Further names on the certificate.
    type: list
    elements: str
    default: []
  key_algorithm:
    description: Algorithm of the key. Fixed at creation.
    type: str
    choices: [RSA_2048, EC_prime256v1, EC_secp384r1]
    default: RSA_2048
  wait:
    description: Whether to wait until the certificate is issued. The records must be in DNS by then.
    type: bool
    default: false
  wait_timeout:
    description: Seconds to wait at most.
    type: int
    default: 1200
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.tags
  - amazon.aws.boto3
  - groundwork.aws.planned.resource
"""

EXAMPLES = r"""
- name: Request the certificate
  groundwork.aws.acm_dns_certificate:
    name: qa.example.com
  register: certificate

- name: Show what proves the domain
  ansible.builtin.debug:
    var: certificate.validation_records
"""

RETURN = r"""
arn:
  description: ARN of the certificate.
  returned: when it exists
  type: str
status:
  description: Its status, such as V(PENDING_VALIDATION) or V(ISSUED).
  returned: when it exists
  type: str
validation_records:
  description: The DNS records that prove the domain.
  returned: when it exists
  type: list
  elements: dict
  contains:
    name:
      description: Name of the record, without the final dot.
      type: str
      returned: always
    type:
      description: Type of the record.
      type: str
      returned: always
    value:
      description: Value of the record.
      type: str
      returned: always
"""

import uuid
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.amazon.aws.plugins.module_utils.tagging import (
    ansible_dict_to_boto3_tag_list,
    boto3_tag_list_to_ansible_dict,
)
from ansible_collections.groundwork.aws.plugins.module_utils.resource import (
    COMMON_ARGUMENTS,
    Resource,
)

# Certificates in any other state (FAILED, EXPIRED, REVOKED ...) cannot be used and are asked for anew.
USABLE = ["PENDING_VALIDATION", "ISSUED"]


class Certificate(Resource):
    """A certificate, identified by its names."""

    service = "acm"
    _arn: str | None = None

    def describe(self) -> dict[str, Any] | None:
        arn = self._arn or self._find()
        if arn is None:
            return None
        self._arn = arn
        certificate = self._certificate(arn)
        tags = self.client.list_tags_for_certificate(CertificateArn=arn, aws_retry=True)["Tags"]
        return {
            "arn": arn,
            "names": self._names(certificate),
            "status": certificate["Status"],
            "validation_records": self._records(certificate),
            "tags": boto3_tag_list_to_ansible_dict(tags),
        }

    def _certificate(self, arn: str) -> dict[str, Any]:
        return self.client.describe_certificate(CertificateArn=arn, aws_retry=True)["Certificate"]

    def _find(self) -> str | None:
        wanted = self.desired()["names"]
        for page in self.client.get_paginator("list_certificates").paginate(
            CertificateStatuses=USABLE
        ):
            for summary in page["CertificateSummaryList"]:
                if summary["DomainName"] == self.params["name"]:
                    certificate = self._certificate(summary["CertificateArn"])
                    if (
                        certificate["Type"] == "AMAZON_ISSUED"
                        and self._names(certificate) == wanted
                    ):
                        return summary["CertificateArn"]
        return None

    @staticmethod
    def _names(certificate: dict[str, Any]) -> list[str]:
        return sorted({certificate["DomainName"], *certificate.get("SubjectAlternativeNames", [])})

    @staticmethod
    def _records(certificate: dict[str, Any]) -> list[dict[str, str]]:
        # A wildcard and its domain share one record.
        found = {
            option["ResourceRecord"]["Name"]: option["ResourceRecord"]
            for option in certificate.get("DomainValidationOptions", [])
            if "ResourceRecord" in option
        }
        return [
            {"name": name.rstrip("."), "type": record["Type"], "value": record["Value"]}
            for name, record in sorted(found.items())
        ]

    def desired(self) -> dict[str, Any]:
        return {"names": sorted({self.params["name"], *self.params["alternative_names"]})}

    def create(self, properties: dict[str, Any], tags: dict[str, str]) -> None:
        names = properties["names"]
        arguments: dict[str, Any] = {"Tags": ansible_dict_to_boto3_tag_list(tags)} if tags else {}
        if len(names) > 1:
            arguments["SubjectAlternativeNames"] = names
        # A call that is made again gets the same certificate. A token that the names alone decide
        # would point at one that was deleted within the hour.
        token = uuid.uuid4().hex
        self._arn = self.client.request_certificate(
            DomainName=self.params["name"],
            ValidationMethod="DNS",
            KeyAlgorithm=self.params["key_algorithm"],
            IdempotencyToken=token,
            aws_retry=True,
            **arguments,
        )["CertificateArn"]
        # The records appear some seconds after the request.
        self.wait_until(
            lambda: len(self._records(self._certificate(self._arn))) > 0,
            f"ACM naming the validation records of {self.params['name']}",
        )

    def update(self, changes: dict[str, Any], current: dict[str, Any]) -> None:
        raise AssertionError("the names identify the certificate, so nothing is left to change")

    def set_tags(self, current: dict[str, Any], add: dict[str, str], remove: list[str]) -> None:
        if remove:
            gone = [{"Key": key} for key in remove]
            self.client.remove_tags_from_certificate(
                CertificateArn=current["arn"], Tags=gone, aws_retry=True
            )
        if add:
            self.client.add_tags_to_certificate(
                CertificateArn=current["arn"],
                Tags=ansible_dict_to_boto3_tag_list(add),
                aws_retry=True,
            )

    def delete(self, current: dict[str, Any]) -> None:
        self.client.delete_certificate(CertificateArn=current["arn"], aws_retry=True)

    def wait(self, present: bool) -> None:
        if present and self.params["wait"]:
            self.wait_until(self._issued, f"ACM issuing the certificate of {self.params['name']}")

    def _issued(self) -> bool:
        certificate = self._certificate(self._arn)
        if certificate["Status"] == "FAILED":
            self.module.fail_json(
                msg=f"ACM refused the certificate of {self.params['name']}: {certificate.get('FailureReason')}."
            )
        return certificate["Status"] == "ISSUED"

    def result(self, current: dict[str, Any] | None) -> dict[str, Any]:
        return (
            {key: current[key] for key in ("arn", "status", "validation_records")}
            if current
            else {}
        )


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec={
            **COMMON_ARGUMENTS,
            "name": {"type": "str", "required": True, "aliases": ["domain_name"]},
            "alternative_names": {"type": "list", "elements": "str", "default": []},
            "key_algorithm": {
                "type": "str",
                "choices": ["RSA_2048", "EC_prime256v1", "EC_secp384r1"],
                "default": "RSA_2048",
                "no_log": False,
            },
            "wait": {"type": "bool", "default": False},
            "wait_timeout": {"type": "int", "default": 1200},
        },
        supports_check_mode=True,
    )
    Certificate(module).run()


if __name__ == "__main__":
    main()
