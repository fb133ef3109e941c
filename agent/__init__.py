"""The running agent: command line, pipeline of stages, schedule, demo replica.

May import everything. Commands import what they need when they run, so that `vedette --help` answers at once.
"""
