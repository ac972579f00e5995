"""What README.md shows is run, in its order."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from jobbers import Client
from jobbers.testing import Server

README = Path(__file__).parents[2] / "README.md"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def test_the_readme_tells_the_truth(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    text = README.read_text()
    blocks = list(BLOCK.finditer(text))
    assert len(blocks) > 5
    names: dict[str, object] = {"__name__": "readme"}
    with Server() as server:
        monkeypatch.setenv("JOBBERS_URL", server.url)
        for block in blocks:
            line = text[: block.start(1)].count("\n")
            # So that an error names the line of the document.
            exec(compile("\n" * line + block[1], str(README), "exec"), names)
        client = names["client"]
        assert isinstance(client, Client)
        client.close()
    said = capsys.readouterr().out
    for told in ("completed 3", "It is scheduled for", "/parameters/text must be a string, but is the number 3"):
        assert told in said
