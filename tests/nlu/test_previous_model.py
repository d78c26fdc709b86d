"""A model that cannot be loaded leaves nobody without an answer: the last one that could be loaded answers, loudly."""

import asyncio
import contextlib
import logging

import pytest
import rasa
import rasa.core.agent

from nlu import previous_model


class Agent:
    """Rasa's agent, which can load files that say so."""

    def __init__(self):
        self.model = None

    def load_model(self, path):
        text = path.read_text()
        if text != "a model":
            raise ValueError(text)
        self.model = path.name

    def is_ready(self):
        return self.model is not None


@pytest.fixture(autouse=True)
def rasas_own(monkeypatch):
    """Rasa's way: a model that cannot be loaded leaves an agent without one."""

    async def load_agent(model_path=None, **_):
        agent = Agent()
        with contextlib.suppress(ValueError):
            agent.load_model(model_path)
        return agent

    monkeypatch.setattr(previous_model, "OWN", load_agent)


def loaded(path):
    return asyncio.run(previous_model.load_agent(model_path=path)).model


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "assistant.tar.gz"
    path.write_text("a model")
    return path


def test_a_model_that_was_loaded_is_kept(model):
    assert loaded(model) == "assistant.tar.gz"
    assert [path.name for path in sorted(model.parent.iterdir())] == ["assistant.tar.gz", "previous.tar.gz"]
    assert model.with_name("previous.tar.gz").read_text() == "a model"


def test_the_kept_one_answers_for_a_damaged_one_and_the_log_is_loud(model, caplog):
    loaded(model)
    model.write_text("half a mo")
    with caplog.at_level(logging.CRITICAL):
        assert loaded(model) == "previous.tar.gz"
    assert "assistant.tar.gz CANNOT BE LOADED" in caplog.text
    assert loaded(model) == "previous.tar.gz"  # a damaged one is never kept
    model.write_text("a model")
    assert loaded(model) == "assistant.tar.gz"


def test_without_a_kept_one_the_log_says_that_nobody_is_answered(model, caplog):
    model.write_text("half a mo")
    with caplog.at_level(logging.CRITICAL):
        assert loaded(model) is None
    assert "Nobody is answered" in caplog.text


def test_two_damaged_ones_are_no_traceback(model, caplog):
    loaded(model)
    for path in (model, model.with_name("previous.tar.gz")):
        path.write_text("half a mo")
    with caplog.at_level(logging.CRITICAL):
        assert loaded(model) is None
    assert "cannot be loaded either" in caplog.text


def test_a_folder_that_may_only_be_read_stops_nobody(model, monkeypatch):
    def refuse(*_):
        raise PermissionError("read-only file system")

    monkeypatch.setattr(previous_model.shutil, "copy2", refuse)
    assert loaded(model) == "assistant.tar.gz"


def test_rasa_loads_its_models_this_way(monkeypatch):
    monkeypatch.setattr(rasa.core.agent, "load_agent", None)
    previous_model.replace()
    assert rasa.core.agent.load_agent is previous_model.load_agent
    monkeypatch.setattr(rasa.core.agent, "load_agent", None)
    monkeypatch.setattr(previous_model.rasa, "__version__", "3.7.0")
    previous_model.replace()
    assert rasa.core.agent.load_agent is None
