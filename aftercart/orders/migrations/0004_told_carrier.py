from django.db import migrations, models


class Migration(migrations.Migration):
    """A parcel's carrier becomes a part of the fold; what the shop says stands apart from it."""

    dependencies = [('orders', '0003_what_worries_need')]

    operations = [
        migrations.AddField("parcel", "told_carrier", models.CharField(blank=True, db_default="", max_length=40)),
        migrations.RunSQL("UPDATE orders_parcel SET told_carrier = carrier", migrations.RunSQL.noop),
    ]
