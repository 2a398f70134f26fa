"""Everything that the services remember, so that a test can say that nothing changed."""

from tests.support.site import RunningSite

PASSING = {"relay_lease", "relay_position"}
"""Tables that change when nothing happens, or when the same is published again."""


def snapshot(site: RunningSite) -> dict[str, tuple[int, str]]:
    """How many rows each table has, and the digest of them all."""
    tables = site.rows(
        "SELECT schemaname AS schema, tablename AS name FROM pg_tables"
        " WHERE schemaname IN ('discharge', 'referral', 'notify') ORDER BY 1, 2"
    )
    found = {}
    for table in tables:
        if table["name"] in PASSING:
            continue
        [row] = site.rows(
            "SELECT count(*) AS n, coalesce(md5(string_agg(d, '' ORDER BY d)), '') AS digest FROM"
            f" (SELECT md5(t::text) AS d FROM {table['schema']}.{table['name']} t) AS rows"
        )
        found[f"{table['schema']}.{table['name']}"] = (row["n"], row["digest"])
    return found
