"""The stamp changes with the legal texts too."""

from django.db import migrations

FORWARDS = """
CREATE TRIGGER checkout_legaltext_stamp AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON checkout_legaltext
    FOR EACH STATEMENT EXECUTE FUNCTION checkout_renew_stamp();
"""
BACKWARDS = "DROP TRIGGER checkout_legaltext_stamp ON checkout_legaltext;"


class Migration(migrations.Migration):
    dependencies = [("checkout", "0020_refund_taxes")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
