"""Few examples of each property, the same ones every time: what the mutants' tests run with."""

from hypothesis import HealthCheck, Phase, settings


def examples() -> None:
    """Let Hypothesis draw few examples without chance, and stop at the first that fails."""
    settings.register_profile(
        "mutants",
        max_examples=20,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    settings.load_profile("mutants")
