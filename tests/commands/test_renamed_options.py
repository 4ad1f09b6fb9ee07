"""Names of the last release work for one more, with a warning."""

from __future__ import annotations

import json

from click.testing import CliRunner

import cli


def test_dependence_is_exposure() -> None:
    """The older option does the same, and says how it is called now."""
    words = ["solve", "instances/quickstart", "--dependence", "none", "--json"]
    done = CliRunner().invoke(cli.keruen, words)
    assert done.exit_code == 0
    assert "`--dependence` is now `--sensitivity`" in done.stderr
    assert json.loads(done.stdout)["options"]["sensitivity"] == "none"
