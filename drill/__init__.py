"""Drill: a scenario-based training simulator for extracorporeal-perfusion emergencies. Simulation - training only."""

__version__ = "0.1.0"
ENGINE_VERSION = "1"
TRAINING_ONLY = "SIMULATION · TRAINING ONLY"
