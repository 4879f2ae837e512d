"""Rows, seals, how far the journal has been followed, and the settings of the last start."""

from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Follower',
            fields=[
                ('name', models.CharField(max_length=20, primary_key=True, serialize=False)),
                ('xid', models.BigIntegerField()),
                ('seq', models.BigIntegerField()),
            ],
            options={
                'db_table': 'audit_follower',
            },
        ),
        migrations.CreateModel(
            name='StartSettings',
            fields=[
                ('node', models.CharField(max_length=100, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('settings', models.JSONField()),
            ],
            options={
                'db_table': 'audit_settings',
            },
        ),
        migrations.CreateModel(
            name='AuditRow',
            fields=[
                ('seq', models.BigAutoField(primary_key=True, serialize=False)),
                ('xid', models.BigIntegerField(null=True)),
                ('at', models.DateTimeField()),
                ('actor', models.CharField(default='', max_length=150)),
                ('event', models.CharField(max_length=80)),
                ('subject', models.CharField(default='', max_length=200)),
                ('detail', models.JSONField(default=dict)),
                ('address', models.CharField(default='', max_length=64)),
                ('operation', models.BigIntegerField(null=True)),
            ],
            options={
                'db_table': 'audit',
                'indexes': [models.Index(fields=['actor', 'seq'], name='audit_actor'), models.Index(fields=['event', 'seq'], name='audit_event'), models.Index(fields=['at'], name='audit_at')],
            },
        ),
        migrations.CreateModel(
            name='Seal',
            fields=[
                ('number', models.BigIntegerField(primary_key=True, serialize=False)),
                ('first', models.BigIntegerField()),
                ('last', models.BigIntegerField()),
                ('rows', models.IntegerField()),
                ('root', models.BinaryField(max_length=32)),
                ('before', models.BinaryField(max_length=32, unique=True)),
                ('hash', models.BinaryField(max_length=32)),
                ('sealed_at', models.DateTimeField()),
                ('term', models.BigIntegerField()),
                ('xid', models.BigIntegerField()),
                ('seq', models.BigIntegerField()),
                ('marks', models.BinaryField()),
                ('removed_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'seal',
                'indexes': [models.Index(fields=['first'], name='seal_first'), models.Index(fields=['last'], name='seal_last'), models.Index(condition=models.Q(('removed_at__isnull', True)), fields=['number'], name='seal_kept')],
                'constraints': [models.CheckConstraint(condition=models.Q(('first__lte', models.F('last')), ('number__gt', 0), ('rows__gt', 0)), name='seal_counts')],
            },
        ),
    ]
