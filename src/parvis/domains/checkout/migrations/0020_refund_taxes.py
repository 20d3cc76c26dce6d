"""The tax inside a refund is kept with it; for earlier ones it is worked out once, in proportion to their order's."""

from django.db import migrations, models

from parvis.core.money import split_minor


def fill(apps, schema_editor):
    refunds = apps.get_model("checkout", "Refund").objects.filter(
        state="succeeded", taxes=[], payment__order__paid_at__isnull=False
    )
    for refund in refunds.select_related("payment__order").iterator(chunk_size=500):
        order = refund.payment.order
        paid = order.taxes or [
            {"basis_points": order.tax_basis_points, "net": order.total_minor - order.tax_minor, "tax": order.tax_minor}
        ]
        parts = split_minor(refund.amount_minor, [each["net"] + each["tax"] for each in paid])
        refund.taxes = []
        for each, part in zip(paid, parts, strict=True):
            whole = each["net"] + each["tax"]
            tax = (2 * each["tax"] * part + whole) // (2 * whole) if whole else 0
            refund.taxes.append({**each, "net": part - tax, "tax": tax})
        refund.save(update_fields=["taxes"])


class Migration(migrations.Migration):
    dependencies = [("checkout", "0019_baskets")]
    operations = [
        migrations.AddField(
            model_name="refund",
            name="taxes",
            field=models.JSONField(db_default=models.Value([], models.JSONField()), default=list),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
