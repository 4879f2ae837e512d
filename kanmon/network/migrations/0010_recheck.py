from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('network', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Recheck',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pc', models.BigIntegerField()),
                ('asked_at', models.DateTimeField()),
                ('operation', models.BigIntegerField()),
                ('woken', models.BooleanField(default=False)),
            ],
            options={
                'db_table': 'network_recheck',
                'indexes': [models.Index(fields=['pc', 'asked_at'], name='network_recheck_pc'), models.Index(fields=['asked_at'], name='network_recheck_time')],
            },
        ),
    ]
