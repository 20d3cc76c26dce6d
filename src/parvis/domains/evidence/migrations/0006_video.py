"""Which reviews come with a video; those that are public already are marked at once."""

from django.db import migrations, models

_MARK = """
UPDATE evidence_proof p SET has_video = true
FROM voices_video f JOIN voices_voice v ON v.id = f.voice_id
WHERE p.voice_id = f.voice_id AND f.state = 'ready'
  AND (f.approved_at IS NOT NULL OR v.decided_at >= f.ready_at)
"""
_COUNT = """
UPDATE evidence_productproof s SET with_video = c.found
FROM (SELECT product_id, count(*) found FROM evidence_proof WHERE has_video GROUP BY 1) c
WHERE s.product_id = c.product_id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("evidence", "0005_visibility"),
        ("voices", "0013_moved"),
    ]

    operations = [
        migrations.AddField(model_name="productproof", name="with_video", field=models.PositiveIntegerField(default=0)),
        migrations.AddField(model_name="proof", name="has_video", field=models.BooleanField(default=False)),
        migrations.AddIndex(
            model_name="proof",
            index=models.Index(
                fields=["-score", "-voice"], condition=models.Q(has_video=True), name="evidence_proof_filmed"
            ),
        ),
        migrations.RunSQL(_MARK, migrations.RunSQL.noop),
        migrations.RunSQL(_COUNT, migrations.RunSQL.noop),
    ]
