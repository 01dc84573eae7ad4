"""Fuzzing by coverage: `python tests/fuzz/run_atheris.py [--built] CORPUS [options]`.

With `--built` the octets steer the strategies and every input is nearly mail; without, coverage steers the octets.
CORPUS is a folder that is made and filled with the sample letters; the options are libFuzzer's, `-max_total_time=600`
ends the run. The trap: a finding is only worth something with its octets, and `-artifact_prefix=DIR/` keeps them.
"""

import sys
import warnings
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["mailtriage"]):
    from fuzz_promises import check
    from fuzz_strategies import SEEDS, mails
    from hypothesis import HealthCheck, given, settings

    # Imported late in use, they must be instrumented here.
    import mailtriage.mail.reader  # noqa: F401


@settings(database=None, deadline=None, suppress_health_check=list(HealthCheck))
@given(mails())
def _built(octets: bytes) -> None:
    check(octets)


def main() -> None:
    """Fuzz until libFuzzer is told to stop or a promise breaks."""
    arguments = [each for each in sys.argv if each != "--built"]
    if len(arguments) < 2:
        sys.exit(__doc__)
    corpus = Path(arguments[1])
    corpus.mkdir(parents=True, exist_ok=True)
    if len(arguments) == len(sys.argv):
        for number, seed in enumerate(SEEDS):
            (corpus / f"sample-{number:02}").write_bytes(seed)
    # hypothesis looks into functions, and does not know instrumented ones again.
    warnings.simplefilter("ignore")
    one = check if len(arguments) == len(sys.argv) else _built.hypothesis.fuzz_one_input  # type: ignore[attr-defined]
    atheris.Setup(
        [arguments[0], "-max_len=20000", "-len_control=0", *arguments[1:]], lambda octets: (one(octets), None)[1]
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
