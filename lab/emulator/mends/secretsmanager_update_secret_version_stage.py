"""UpdateSecretVersionStage: what has become AWSCURRENT is what GetSecretValue gives.

API reference, GetSecretValue: without VersionId and VersionStage "Secrets Manager uses the
AWSCURRENT version". moto 5.2 moves the label, and goes on answering with the version before.
"""

from typing import Any

from moto.secretsmanager.models import SecretsManagerBackend

from lab.emulator.mends import mend


@mend(SecretsManagerBackend, "update_secret_version_stage")
def _move(original: Any, self: SecretsManagerBackend, *args: Any, **kwargs: Any) -> Any:
    answer = original(self, *args, **kwargs)
    for secret in self.secrets.values():
        for version, held in secret.versions.items():
            if "AWSCURRENT" in held["version_stages"]:
                secret.default_version_id = version
    return answer
