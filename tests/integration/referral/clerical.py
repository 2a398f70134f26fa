"""What the acts of a worklist are tried on."""

from tests.integration.referral.conftest import (
    ELM_TREE,
)

R26 = "Review the patient after an asthma attack"


async def clerical(house, *rules):
    await house.pool.execute("UPDATE tasks SET skill = 'clinical'")
    await house.pool.execute(
        "UPDATE tasks SET skill = 'clerical', needs_outcome = false, not_before = NULL WHERE rule_id = ANY($1)",
        list(rules),
    )
    rows = await house.pool.fetch(
        "SELECT task_id FROM tasks WHERE rule_id = ANY($1) AND owner_team = $2 ORDER BY task_id",
        list(rules),
        ELM_TREE,
    )
    return [str(row["task_id"]) for row in rows]
