"""The crash matrix: seeded journeys of both modules, killed and lied to at random moments, and
their judge.
"""
