"""A template is compiled once in a process, and means what it meant."""

from __future__ import annotations

import jinja2
import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template
from ansible_collections.groundwork.aws.plugins.plugin_utils import templates


@pytest.fixture
def compiled(monkeypatch):
    """The texts that were compiled."""
    texts = []

    def compile_(self, source, *others, **more):
        texts.append(source)
        return ORIGINAL(self, source, *others, **more)

    monkeypatch.setattr(templates, "_compile", compile_)
    monkeypatch.setattr(templates, "_codes", {})
    monkeypatch.setattr(jinja2.Environment, "compile", jinja2.Environment.compile)
    templates.remember()
    return texts


ORIGINAL = templates._compile


def render(text: str, **variables):
    return Templar(loader=DataLoader(), variables=variables).template(trust_as_template(text))


def test_the_same_text_is_compiled_once_and_says_what_variables_are_then(compiled):
    assert [render("{{ name }}-x", name=name) for name in ("a", "b", 1)] == ["a-x", "b-x", "1-x"]
    assert compiled == ["{{ name }}-x"]


def test_chance_stays_chance(compiled):
    drawn = {render("{{ 1000000000 | random }}") for _ in range(3)}
    assert len(drawn) == 3
    assert len(compiled) == 1


def test_what_is_inside_of_other_marks_is_another_template(compiled):
    templar = Templar(loader=DataLoader(), variables={"name": "a"})
    text = trust_as_template("{{ name }} <name>")
    assert templar.template(text) == "a <name>"
    marks = {"variable_start_string": "<", "variable_end_string": ">"}
    assert templar.template(text, overrides=marks) == "{{ name }} a"
    assert templar.template(text) == "a <name>"


def test_text_with_backslashes_is_left_to_who_asks(compiled):
    for escaped in (True, False):
        found = Templar(loader=DataLoader()).template(
            trust_as_template("{{ 'a\\tb' }}"), escape_backslashes=escaped
        )
        assert found == ("a\\tb" if escaped else "a\tb")


def test_a_fault_is_told_each_time(compiled):
    for _ in range(2):
        with pytest.raises(Exception, match="unexpected"):
            render("{{ name }")


def test_jinjas_own_environments_compute_constants_as_ever(compiled):
    environment = jinja2.Environment()
    assert environment.from_string("{{ 1 + 1 }}").render() == "2"
    assert templates._codes == {}


def test_what_is_foreseen_is_not_compiled_again(compiled):
    render("{{ name }}", name="a")
    templates.foresee(["{{ other }}", "plain", 7, ["{{ inner }}"]])
    assert compiled == ["{{ name }}", "{{ other }}"]
    assert render("{{ other }}", other="b") == "b"
    assert compiled == ["{{ name }}", "{{ other }}"]


def test_a_template_that_is_none_is_left_to_the_preflight(compiled):
    render("{{ name }}", name="a")
    templates.foresee(["{{ half", "{{ a b }}", "{{ other }}"])
    assert render("{{ other }}", other="b") == "b"
    assert compiled.count("{{ other }}") == 1
