"""A stamp that changes with everything the brand has set, whoever changes it: see queries.unchanged."""

from django.db import migrations, models

FORWARDS = """
INSERT INTO checkout_brandstamp (id, stamp) VALUES (1, gen_random_uuid()::text);
CREATE FUNCTION checkout_renew_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO checkout_brandstamp (id, stamp) VALUES (1, gen_random_uuid()::text)
    ON CONFLICT (id) DO UPDATE SET stamp = excluded.stamp;
    RETURN NULL;
END $$;
CREATE TRIGGER checkout_shippingmethod_stamp AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON checkout_shippingmethod
    FOR EACH STATEMENT EXECUTE FUNCTION checkout_renew_stamp();
CREATE TRIGGER checkout_promotion_stamp AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON checkout_promotion
    FOR EACH STATEMENT EXECUTE FUNCTION checkout_renew_stamp();
CREATE TRIGGER checkout_taxsetup_stamp AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON checkout_taxsetup
    FOR EACH STATEMENT EXECUTE FUNCTION checkout_renew_stamp();
CREATE TRIGGER checkout_setting_stamp AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON checkout_setting
    FOR EACH STATEMENT EXECUTE FUNCTION checkout_renew_stamp();
"""
BACKWARDS = """
DROP TRIGGER checkout_setting_stamp ON checkout_setting;
DROP TRIGGER checkout_taxsetup_stamp ON checkout_taxsetup;
DROP TRIGGER checkout_promotion_stamp ON checkout_promotion;
DROP TRIGGER checkout_shippingmethod_stamp ON checkout_shippingmethod;
DROP FUNCTION checkout_renew_stamp();
"""


class Migration(migrations.Migration):
    dependencies = [("checkout", "0017_reminders")]
    operations = [
        migrations.CreateModel(
            name="BrandStamp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("stamp", models.CharField(max_length=36)),
            ],
        ),
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
