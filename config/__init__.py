"""What people declare: sources, triggers, scenarios, subscriptions, each one a YAML file checked by a model; settings.

May import nothing of ours. A singular module is the type (`source.py`), the plural folder its instances
(`sources/*.yml`); the id is the file name. Unknown keys are errors, and an error names file, line, key and fix.
"""
