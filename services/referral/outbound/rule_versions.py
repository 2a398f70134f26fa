"""Every rule as it was when it made tasks, so that each task can explain itself after its rule has changed."""

from collections.abc import Sequence

from services.chassis.connection import Connection
from services.referral.domain.rules import Rule
from services.referral.domain.wording import counting_in_words

_KEEP = """
INSERT INTO rule_versions (rule_id, version, sha256, title, force, source, confidence, local_defaults, counting,
                           help_why, help_done, help_not_yours, proved_by, no_proof)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
ON CONFLICT (rule_id, version) DO NOTHING
"""


class RuleChangedError(Exception):
    """A rule says something else under a version that was used before: it needs a new version (H13)."""


class RuleVersionTable:
    """Implements `usecases.ports.RuleVersions`."""

    async def keep(self, connection: Connection, rules: Sequence[Rule]) -> None:
        """Raises `RuleChangedError`."""
        await connection.executemany(_KEEP, [_row(rule) for rule in rules])
        kept = await connection.fetch("SELECT rule_id, version, sha256 FROM rule_versions")
        known = {(row["rule_id"], row["version"]): row["sha256"] for row in kept}
        changed = [rule.id for rule in rules if known[rule.id, rule.version] != rule.fingerprint]
        if changed:
            raise RuleChangedError(
                f"changed without a new version: {', '.join(changed)}; raise the version in the file"
            )


def _row(rule: Rule) -> tuple[str | Sequence[str], ...]:
    return (
        rule.id,
        rule.version,
        rule.fingerprint,
        rule.title,
        rule.force,
        rule.source,
        rule.confidence,
        rule.local_defaults,
        counting_in_words(rule.counting, rule.anchor),
        rule.help.why,
        rule.help.done,
        rule.help.not_yours,
        rule.proved_by,
        rule.does_not_complete,
    )
