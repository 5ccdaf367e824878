"""Every rule, by group; the order here is the order of the report."""

from gradphoto.portrait.rules import people, pose
from gradphoto.portrait.rules.verdict import RULES, Measurement, Needs, Outcome, Rule, Verdict

__all__ = ["RULES", "Measurement", "Needs", "Outcome", "Rule", "Verdict", "people", "pose"]
