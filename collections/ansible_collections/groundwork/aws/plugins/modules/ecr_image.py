#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Push a local image into ECR, with a login that is never stored."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: ecr_image
short_description: Push an image into ECR
description:
  - Pushes an image of the local Docker engine into a repository under a tag, unless that tag is there already.
  - Written because the modules of community.docker push with a login that C(docker login) has stored. This one asks
    ECR for a token and hands it to C(docker push) through a credential helper, which reads it from its own
    environment, so it reaches no file, no command line and no log.
version_added: 0.1.0
author: Groundwork contributors
options:
  repository:
    description: Name of the repository.
    type: str
    required: true
  tag:
    description: Tag of the image, locally C(REPOSITORY_URI:TAG).
    type: str
    required: true
  wait_timeout:
    description: Seconds until ECR must know the pushed image.
    type: int
    default: 60
requirements:
  - the C(docker) command
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - groundwork.aws.planned
"""

EXAMPLES = r"""
- name: Push the api
  groundwork.aws.ecr_image:
    repository: shop-qa-api
    tag: qa-1f2e3d4c
"""

RETURN = r"""
uri:
  description: The image by digest, as C(docker pull) takes it.
  returned: when the image is in ECR
  type: str
digest:
  description: Digest of the image's manifest.
  returned: when the image is in ECR
  type: str
size:
  description: Bytes that the image takes in ECR, compressed.
  returned: when the image is in ECR
  type: int
pushed_at:
  description: Time of the push.
  returned: when the image is in ECR
  type: str
"""

import base64
import json
import os
import time
from pathlib import Path
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry
from ansible_collections.groundwork.aws.plugins.module_utils.ecr import image, repository_uri

try:
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError:
    pass

# Docker runs `docker-credential-NAME get` and reads this JSON from it.
_HELPER = """#!/bin/sh
[ "$1" = get ] || exit 1
printf '{"Username":"%s","Secret":"%s"}' "$GROUNDWORK_ECR_USER" "$GROUNDWORK_ECR_PASSWORD"
"""


def client_configuration(own: Path, folder: Path, registry: str) -> None:
    """Write a Docker configuration into `folder`: the operator's own, with our helper for `registry`.

    The operator's current context is kept, since it may be what leads to the engine. Stored logins are not.
    """
    try:
        settings = json.loads((own / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        settings = {}
    kept = {
        key: settings[key]
        for key in ("currentContext", "proxies", "HttpHeaders")
        if key in settings
    }
    kept["credHelpers"] = {registry: "groundwork"}
    (folder / "config.json").write_text(json.dumps(kept), encoding="utf-8")
    if (own / "contexts").is_dir():
        (folder / "contexts").symlink_to(own / "contexts")
    helper = folder / "docker-credential-groundwork"
    helper.write_text(_HELPER, encoding="utf-8")
    helper.chmod(0o700)


def push(module: AnsibleAWSModule, client: Any, reference: str) -> None:
    """Push `reference`, HOST/NAME:TAG, with a token that lives as long as this process."""
    token = client.get_authorization_token(aws_retry=True)["authorizationData"][0][
        "authorizationToken"
    ]
    user, password = base64.b64decode(token).decode().split(":", 1)
    module.no_log_values.update({token, password})
    folder = Path(module.tmpdir) / "docker"
    folder.mkdir(mode=0o700)
    own = Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker")
    client_configuration(own, folder, reference.split("/", 1)[0])
    code, out, err = module.run_command(
        [module.get_bin_path("docker", required=True), "push", "--quiet", reference],
        environ_update={
            "DOCKER_CONFIG": str(folder),
            "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
            "GROUNDWORK_ECR_USER": user,
            "GROUNDWORK_ECR_PASSWORD": password,
        },
    )
    if code:
        module.fail_json(msg=f"docker push {reference} failed: {(err or out).strip()}")


def pushed(module: AnsibleAWSModule, client: Any, repository: str, tag: str) -> dict[str, Any]:
    """The image as ECR describes it, waited for."""
    deadline = time.monotonic() + module.params["wait_timeout"]
    while not (found := image(client, repository, tag)):
        if time.monotonic() > deadline:
            module.fail_json(
                msg=f"{repository}:{tag} was pushed, but ECR does not describe it. Run again."
            )
        time.sleep(0.5)
    return found


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec={
            "repository": {"type": "str", "required": True},
            "tag": {"type": "str", "required": True},
            "wait_timeout": {"type": "int", "default": 60},
        },
        supports_check_mode=True,
    )
    client = module.client("ecr", retry_decorator=AWSRetry.jittered_backoff(retries=8))
    repository, tag = module.params["repository"], module.params["tag"]
    try:
        found = image(client, repository, tag)
        changed = found is None
        if changed and module.check_mode:
            module.exit_json(changed=True)
        uri = repository_uri(client, repository)
        if uri is None:
            module.fail_json(
                msg=f"ECR has no repository {repository}. Create it first: "
                "ansible-playbook playbooks/provision.yml -i INVENTORY --limit registry"
            )
        if changed:
            push(module, client, f"{uri}:{tag}")
            found = pushed(module, client, repository, tag)
    except (ClientError, BotoCoreError) as error:
        module.fail_json_aws(error, msg=f"The image {repository}:{tag}")
    module.exit_json(changed=changed, uri=f"{uri}@{found['digest']}", **found)


if __name__ == "__main__":
    main()
