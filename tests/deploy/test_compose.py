"""What is deployed is locked down, is started again when it fails, and is built from the lock files alone."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
ONCE = {"migrate", "train"}
LASTING = sorted(set(SERVICES) - ONCE)
#: Read by the services, from deploy/.env.
SECRETS = {"SECRET_KEY", "ENCRYPTION_KEYS", "POSTGRES_PASSWORD", "REDIS_PASSWORD"}


def settings(name):
    return SERVICES[name].get("environment", {})


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_service_has_no_more_rights_than_it_needs(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert "privileged" not in service
    image_is_unprivileged = "unprivileged" in service["image"]
    assert image_is_unprivileged or not str(service["user"]).startswith(("0", "root"))


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_no_service_can_take_the_whole_machine(name):
    limits = SERVICES[name]["deploy"]["resources"]["limits"]
    assert float(limits["cpus"]) > 0
    assert re.fullmatch(r"\d+[mg]", limits["memory"])


@pytest.mark.parametrize("name", LASTING)
def test_a_service_that_ends_is_started_again(name):
    assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", [name for name in LASTING if name != "alerts"])
def test_a_service_that_hangs_is_noticed(name):
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"


def test_two_of_everything_that_answers():
    for part in ("door", "rasa", "actions"):
        assert {f"{part}-1", f"{part}-2"} <= set(SERVICES)


def test_only_the_proxy_can_be_reached_and_only_it_and_the_alerts_reach_out():
    assert [name for name in SERVICES if "ports" in SERVICES[name]] == ["proxy"]
    assert {name for name, service in SERVICES.items() if "outside" in service["networks"]} == {"proxy", "alerts"}
    assert COMPOSE["networks"]["inside"]["internal"] is True


def test_rasa_and_the_doors_share_what_they_have_to():
    for name in ("rasa-1", "rasa-2"):
        assert settings(name)["REDIS_URL"].startswith("redis://")
    for name in ("door-1", "door-2", "alerts", "migrate"):
        assert settings(name)["DATABASE_URL"].startswith("postgres://")
        assert settings(name)["REDIS_URL"].startswith("redis://")
        assert settings(name)["RASA_URL"] == "http://proxy:5005"


def test_each_part_keeps_the_address_at_which_the_proxy_looks_for_it():
    names = re.findall(r"server ((?:door|rasa|actions)-\d):", (DEPLOY / "nginx.conf").read_text())
    assert sorted(names) == sorted(name for name in SERVICES if re.search(r"-\d$", name))
    addresses = [SERVICES[name]["networks"]["inside"]["ipv4_address"] for name in names]
    assert len(set(addresses)) == len(names)


def test_no_secret_is_in_the_files_and_none_may_be_forgotten():
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    example = (DEPLOY / "example.env").read_text(encoding="utf-8")
    for secret in SECRETS:
        assert f"${{{secret}:?" in text, "a start without it has to be refused"
        assert f"${{{secret}}}" not in text
        assert re.search(rf"^{secret}=$", example, re.MULTILINE), "the example must not have a value for it"
    for name in re.findall(r"\$\{([A-Z_]+)", text):
        assert re.search(rf"^{name}=", example, re.MULTILINE), f"{name} is not in example.env"


@pytest.mark.parametrize(("image", "lock"), [("rasa", "requirements.lock"), ("web", "web/requirements.lock")])
def test_an_image_holds_what_the_lock_file_says_and_runs_as_nobody_in_particular(image, lock):
    text = (DEPLOY / f"{image}.Dockerfile").read_text(encoding="utf-8")
    assert f"COPY {lock} ./" in text
    assert "uv pip sync --require-hashes" in text
    assert "\nUSER 10001:10001\n" in text
    for line in re.findall(r"^COPY (?!--from)(\S.*) \S+$", text, re.MULTILINE):
        for source in line.split():
            assert (ROOT / source).exists(), source


def test_an_image_is_made_of_named_files_and_no_visitors_words():
    for image in ("rasa", "web"):
        ignored = (DEPLOY / f"{image}.Dockerfile.dockerignore").read_text().split()
        assert "*" in ignored
        assert {"**/.venv", "**/*.sqlite3*"} <= set(ignored)
        assert not {"!var", "!models", "!tests"} & set(ignored)


def test_rasas_endpoints_are_those_of_the_root_but_for_the_address():
    ours, deployed = (
        yaml.safe_load((folder / "endpoints.yml").read_text(encoding="utf-8")) for folder in (ROOT, DEPLOY)
    )
    assert deployed["action_endpoint"].pop("url") == "${ACTIONS_URL}"
    assert ours["action_endpoint"].pop("url")
    assert deployed == ours


def compose_command():
    """docker compose, where it is installed."""
    if (
        shutil.which("docker")
        and subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode == 0
    ):
        return ["docker", "compose"]
    return None


@pytest.mark.skipif(compose_command() is None, reason="docker compose is not installed")
def test_docker_compose_accepts_the_file():
    names = re.findall(r"^([A-Z_]+)=", (DEPLOY / "example.env").read_text(), re.MULTILINE)
    environment = {**os.environ, **dict.fromkeys(names, "example"), "CHAT_PORT": "127.0.0.1:8080"}
    command = [*compose_command(), "--file", str(DEPLOY / "compose.yaml"), "config", "--quiet"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not installed")
def test_nginx_accepts_its_file(tmp_path):
    text = re.sub(r"server (?:door|rasa|actions)-(\d):", r"server 127.0.0.\1:", (DEPLOY / "nginx.conf").read_text())
    (tmp_path / "nginx.conf").write_text(text.replace("/tmp/", f"{tmp_path}/"))
    done = subprocess.run(
        ["nginx", "-t", "-c", str(tmp_path / "nginx.conf")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_door_hears_its_own_name_and_the_visitors_address():
    """A header set in a server takes the place of all those set above it."""
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    public = text[text.index("listen 8080;") : text.index("listen 5005;")]
    for header in ('Connection ""', "Host $http_host", "X-Forwarded-For $proxy_add_x_forwarded_for"):
        assert f"proxy_set_header {header};" in public
