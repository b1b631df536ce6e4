from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('promises', '0003_renewals'),
    ]

    operations = [
        migrations.AddField(
            model_name='forecast',
            name='p80',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='forecast',
            name='p95',
            field=models.DateField(null=True),
        ),
    ]
