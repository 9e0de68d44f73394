"""cuagym check: who is proven, and the page that tells it."""

from pathlib import Path


def test_without_names_a_teams_task_is_found_too_and_stands_on_the_page(
    cuagym, tmp_path: Path
) -> None:
    words = ("--task", "invoice", "--look", "plain", "--report", "page.md", "--json")
    done = cuagym("check", *words)
    assert done.code == 0, done.err
    (told,) = done.document["families"]
    assert told["id"] == "team/invoice" and told["passed"]
    page = (tmp_path / "page.md").read_text()
    (row,) = (line for line in page.splitlines() if line.startswith("| `team/invoice`"))
    assert f"| {told['oracle_steps'][0]} |" in row and row.endswith("| passed |")
    assert page.index("## Teams") < page.index(row)
