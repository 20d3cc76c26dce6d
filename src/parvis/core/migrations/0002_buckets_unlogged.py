"""What callers have left of their allowances is asked and written with nearly every request, and worth nothing after a
crash: the server need not put it on the disk before it answers."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = (("core", "0001_initial"),)
    operations = (
        migrations.RunSQL("ALTER TABLE core_ratebucket SET UNLOGGED", "ALTER TABLE core_ratebucket SET LOGGED"),
    )
