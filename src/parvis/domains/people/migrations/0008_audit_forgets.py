"""An erasure takes what names a person out of the audit: that one thing may be changed, and only when it is said so."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION people_audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('parvis.erasing', true) = 'on' AND NEW.subject_kind = 'customer'
        AND (NEW.id, NEW.actor_id, NEW.verb, NEW.subject_kind, NEW.subject_id, NEW.at)
            IS NOT DISTINCT FROM (OLD.id, OLD.actor_id, OLD.verb, OLD.subject_kind, OLD.subject_id, OLD.at)
        AND NEW.detail <@ OLD.detail
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'rows of % are proof and are never changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
DROP TRIGGER people_auditentry_append_only ON people_auditentry;
CREATE TRIGGER people_auditentry_append_only BEFORE UPDATE OR DELETE ON people_auditentry
    FOR EACH ROW EXECUTE FUNCTION people_audit_refuse_change();
CREATE INDEX people_audit_other ON people_auditentry ((detail ->> 'customer'))
    WHERE subject_kind = 'customer' AND detail ? 'customer';
"""
BACKWARDS = """
DROP INDEX people_audit_other;
DROP TRIGGER people_auditentry_append_only ON people_auditentry;
CREATE TRIGGER people_auditentry_append_only BEFORE UPDATE OR DELETE ON people_auditentry
    FOR EACH ROW EXECUTE FUNCTION people_refuse_change();
DROP FUNCTION people_audit_refuse_change();
"""
# Those who were erased before, whose names on channels and likenesses are still told.
OVERDUE = """
SELECT set_config('parvis.erasing', 'on', true);
UPDATE people_auditentry SET detail = detail - ARRAY['handle', 'evidence']
WHERE subject_kind = 'customer' AND detail ?| ARRAY['handle', 'evidence'] AND (
    subject_id IN (SELECT id::text FROM people_customer WHERE erased_at IS NOT NULL)
    OR detail ->> 'customer' IN (SELECT id::text FROM people_customer WHERE erased_at IS NOT NULL)
);
SELECT set_config('parvis.erasing', 'off', true);
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0007_agent_signing")]
    operations = [
        migrations.RunSQL(FORWARDS, BACKWARDS),
        migrations.RunSQL(OVERDUE, migrations.RunSQL.noop),
    ]
