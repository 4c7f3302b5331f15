"""The search for a canary finds one: a search that cannot fail proves nothing."""

import subprocess

from tests.e2e import canary

VALUE = 'p@ss "word" of the canary'


def test_forms_in_which_a_value_may_turn_up():
    forms = canary.needles(VALUE)
    assert VALUE in forms
    assert "p%40ss%20%22word%22%20of%20the%20canary" in forms
    assert 'p@ss \\"word\\" of the canary' in forms
    assert any("cEBzcy" in form for form in forms)


def test_output_is_searched_by_line():
    assert canary.search_text(f"fine\nargs: {VALUE}\nfine", [VALUE]) == ["line 2"]
    assert canary.search_text("fine", [VALUE]) == []


def test_script_is_valid_shell():
    done = subprocess.run(["sh", "-n"], input=canary.SEARCH, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
