from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations

BIGRAMS = """
CREATE FUNCTION common_bigrams(source text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT substr(s, i, 2)), '{}')
    FROM (SELECT lower(regexp_replace(source, '\\s+', ' ', 'g')) AS s) AS folded,
         generate_series(1, greatest(char_length(s) - 1, 0)) AS i
$$
"""


class Migration(migrations.Migration):
    """The ground: pairs of characters for search, and exclusion constraints over plain types."""

    operations = [
        BtreeGistExtension(),
        migrations.RunSQL(BIGRAMS, "DROP FUNCTION common_bigrams(text)"),
    ]
