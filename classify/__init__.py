"""What a change is about: triggers, facts, scenarios, training and evaluation.

May import `config` and `index`. Functions here judge frozen values; what they judged is stored by `index.archive`.
"""
