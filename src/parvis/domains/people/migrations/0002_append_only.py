"""Consents and audit entries are proof: the database itself refuses to change or delete them."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION people_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are proof and are never changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER people_consent_append_only BEFORE UPDATE OR DELETE ON people_consent
    FOR EACH ROW EXECUTE FUNCTION people_refuse_change();
CREATE TRIGGER people_auditentry_append_only BEFORE UPDATE OR DELETE ON people_auditentry
    FOR EACH ROW EXECUTE FUNCTION people_refuse_change();
"""
BACKWARDS = """
DROP TRIGGER people_auditentry_append_only ON people_auditentry;
DROP TRIGGER people_consent_append_only ON people_consent;
DROP FUNCTION people_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
