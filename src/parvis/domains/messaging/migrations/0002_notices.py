import django.db.models.deletion
from django.db import migrations, models

# Mails written before kept the Message-ID that was made of their key.
KNOWN = """
UPDATE messaging_message SET mail_id = left(encode(sha256(convert_to(key, 'UTF8')), 'hex'), 32) WHERE mail_id = ''
"""


class Migration(migrations.Migration):
    dependencies = [("messaging", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="mail_id",
            field=models.CharField(default="", max_length=32),
            preserve_default=False,
        ),
        migrations.RunSQL(KNOWN, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="message",
            name="mail_id",
            field=models.CharField(db_index=True, max_length=32),
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("event", models.CharField(max_length=200, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("delivered", "delivered"),
                            ("delayed", "delayed"),
                            ("lost", "lost"),
                            ("bounced", "bounced"),
                            ("complaint", "complaint"),
                        ],
                        max_length=20,
                    ),
                ),
                ("code", models.CharField(blank=True, default="", max_length=20)),
                ("told", models.CharField(blank=True, default="", max_length=300)),
                ("source", models.CharField(blank=True, default="", max_length=60)),
                ("at", models.DateTimeField()),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="notices", to="messaging.message"
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["-at"], name="messaging_notice_recent")]},
        ),
    ]
