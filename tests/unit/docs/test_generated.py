"""The generated pages are as the code says, and each command has what its reference needs."""

from __future__ import annotations

import pytest

from cli.docs import commands, folders, pages

COMMANDS = dict(commands.all_commands())


@pytest.mark.parametrize("name", pages.GENERATED)
def test_a_generated_page_is_up_to_date(name: str) -> None:
    page = (pages.FOLDER / name).read_text("utf-8")
    assert pages.GENERATED[name](page) == page, f"docs/{name} is stale: run `make docs`"


@pytest.mark.parametrize("words", COMMANDS)
def test_a_command_says_what_it_does_and_shows_an_example(words: str) -> None:
    assert commands.explanation(COMMANDS[words])[0].endswith((".", ":"))
    assert commands.examples(COMMANDS[words]), (
        f"the docstring of `{words}` needs a paragraph “Example: steppewatch {words} …”"
    )
    assert all(f"steppewatch {words}" in example for example in commands.examples(COMMANDS[words]))


@pytest.mark.parametrize("words", COMMANDS)
def test_each_argument_and_option_has_a_meaning(words: str) -> None:
    for name, meaning in commands.parameters(COMMANDS[words]):
        assert meaning.partition("[")[0].strip(), f"{name} needs help="


def test_a_table_is_replaced_and_the_rest_of_the_page_stays() -> None:
    page = "# Page\n\n| a | b |\n|---|---|\n| old | 1 |\n| older | 2 |\n\nText.\n\n| c |\n|---|\n| 3 |\n"
    table = "| a | b |\n|---|---|\n| new | 1 |\n"
    assert pages.replace_table(page, table) == f"# Page\n\n{table}\nText.\n\n| c |\n|---|\n| 3 |\n"


def test_a_page_without_the_table_is_an_error() -> None:
    with pytest.raises(ValueError, match="no table"):
        pages.replace_table("# Page\n", "| a |\n|---|\n")


@pytest.mark.parametrize("package", folders.PACKAGES)
def test_each_folder_of_code_says_what_it_holds(package: str) -> None:
    root = folders.ROOT / package
    assert [folder.name for folder in (root, *folders.folders(root)) if not folders.about(folder)] == []
