"""Versions of the policy stay as they were; voices already held get their place in the queue."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION voices_policy_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'policies are append-only' USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER voices_policy_append_only BEFORE UPDATE OR DELETE ON voices_policy
    FOR EACH ROW EXECUTE FUNCTION voices_policy_append_only();
UPDATE voices_voice SET look_by = received_at + interval '72 hours'
    WHERE state = 'held' AND examined_at IS NOT NULL AND look_by IS NULL;
"""
BACKWARDS = """
DROP TRIGGER voices_policy_append_only ON voices_policy;
DROP FUNCTION voices_policy_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("voices", "0004_moderation")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
