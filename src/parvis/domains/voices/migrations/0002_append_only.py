"""Decisions are a trail: PostgreSQL itself refuses to change or delete one."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION voices_decision_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'decisions are append-only' USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER voices_decision_append_only BEFORE UPDATE OR DELETE ON voices_decision
    FOR EACH ROW EXECUTE FUNCTION voices_decision_append_only();
"""
BACKWARDS = """
DROP TRIGGER voices_decision_append_only ON voices_decision;
DROP FUNCTION voices_decision_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("voices", "0001_initial")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
