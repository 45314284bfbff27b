"""docker-compose.yml as it is written; what it does was seen with a Docker daemon, which these tests do not need."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any

import pytest
import yaml  # type: ignore[import-untyped]  # Airflow brings it, without types
from support.checkout import ROOT

from pipelines.stack.airflow_service import environment
from pipelines.stack.first_harvest import CRAWL, DEDUPLICATE
from pipelines.stack.home import Home, State
from pipelines.stack.own_server import CRAWLS, METADATA
from pipelines.stack.ports import PREFERRED
from spiders.publishers import load_publishers

if TYPE_CHECKING:
    from pipelines.stack.postgres import Server

FILE = ROOT / "docker-compose.yml"
SECRETS = (
    "POSTGRES_PASSWORD",
    "CRAWLER_PASSWORD",
    "READER_PASSWORD",
    "METADATA_PASSWORD",
    "AIRFLOW_PASSWORD",
    "AIRFLOW_VIEWER_PASSWORD",
    "AIRFLOW_JWT_SECRET",
    "AIRFLOW_SESSION_SECRET",
    "AIRFLOW_FERNET_KEY",
)

DIFFERENT = {
    *("AIRFLOW_HOME", "AIRFLOW_CONN_LUMBUNG", "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"),
    *("AIRFLOW__CORE__DAGS_FOLDER", "AIRFLOW__CORE__PLUGINS_FOLDER", "AIRFLOW__CORE__EXECUTION_API_SERVER_URL"),
    *("AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE", "AIRFLOW__LOGGING__BASE_LOG_FOLDER"),
    *("AIRFLOW__LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY", "AIRFLOW__API__HOST", "AIRFLOW__API__PORT"),
    *("AIRFLOW__CORE__FERNET_KEY", "AIRFLOW__API__SECRET_KEY", "AIRFLOW__API_AUTH__JWT_SECRET"),
    "AIRFLOW__API__BASE_URL",
}
"""Settings of Airflow that are places and secrets; the others decide what DAGs do, however Airflow was started."""

Services = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def text() -> str:
    return FILE.read_text("utf-8")


@pytest.fixture(scope="module")
def compose(text: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(text)
    return found


@pytest.fixture(scope="module")
def services(compose: dict[str, Any]) -> Services:
    found: Services = compose["services"]
    return found


@pytest.fixture(scope="module")
def docker_compose() -> list[str]:
    """The words of Compose v2, with the ways this machine may have it."""
    for words in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(words[0]):
            asked = subprocess.run([*words, "version", "--short"], capture_output=True, text=True, check=False)
            if not asked.returncode and re.match(r"v?([2-9]|\d\d)\.", asked.stdout):
                return words
    pytest.skip("needs Docker Compose v2 on the PATH, a daemon is not needed")


def config(words: list[str], folder: Path, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """What Compose says of the file; an empty .env keeps that of the checkout out."""
    (folder / "empty").touch()
    outside = {name: value for name, value in os.environ.items() if name not in SECRETS and "COMPOSE" not in name}
    return subprocess.run(
        [*words, "--env-file", str(folder / "empty"), "-f", str(FILE), "config", "--quiet"],
        capture_output=True,
        text=True,
        check=False,
        env={**outside, **variables},
    )


def test_every_secret_is_demanded_and_never_defaulted(text: str) -> None:
    used = set(re.findall(r"\$\{(\w*(?:PASSWORD|SECRET|KEY|TOKEN)\w*)", text))
    assert used == set(SECRETS)
    for name in SECRETS:
        ways = set(re.findall(r"\$\{?" + name + r"\b[^}\n]*\}?", text))
        assert ways == {"${" + name + ":?make a .env first, the top of docker-compose.yml says how}"}


def test_variables_that_hold_secrets_are_only_ever_demanded_ones(services: Services) -> None:
    for name, service in services.items():
        for variable, value in service["environment"].items():
            if re.search(r"PASSWORD$|SECRET|_KEY$", variable):
                assert str(value).startswith("${"), f"{name}: {variable}"
                assert ":?" in value, f"{name}: {variable}"


def test_each_service_knows_the_passwords_it_needs_and_no_others(services: Services) -> None:
    superuser = {name for name, each in services.items() if "${POSTGRES_PASSWORD" in str(each["environment"])}
    metadata = {name for name, each in services.items() if "${METADATA_PASSWORD" in str(each["environment"])}
    assert superuser == {"postgres", "migrate"}
    assert metadata == {"migrate", "api-server", "scheduler", "dag-processor", "triggerer"}
    assert {name for name, each in services.items() if "${AIRFLOW_PASSWORD" in str(each["environment"])} == {
        "api-server",
        "first-harvest",
    }
    assert "${" not in str(services["newsstand"]["environment"]).replace("${LUMBUNG_NEWSSTAND_PORT:-8710}", "")
    users = {name: re.findall(r"//(\w+)@postgres", str(each["environment"])) for name, each in services.items()}
    assert {user for name, found in users.items() if name != "migrate" for user in found} == {CRAWLS, METADATA}


def test_what_runs_in_a_container_finds_its_passwords_in_a_file_and_none_in_its_environment(
    services: Services, tmp_path: Path
) -> None:
    for name, service in services.items():
        assert ("entrypoint" in service) == ("PGPASSFILE" in service["environment"]), name
    entrypoint = [word.replace("$$", "$") for word in services["scheduler"]["entrypoint"]]
    secrets = {"CRAWLER_PASSWORD": "a:b\\c'\"$(id)", "METADATA_PASSWORD": "%40/@ é"}
    passfile = tmp_path / "passwords"
    variables = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "PGPASSFILE": str(passfile), **secrets}
    done = subprocess.run([*entrypoint, "env"], env=variables, capture_output=True, text=True, check=True)
    assert not [line for line in done.stdout.splitlines() if "PASSWORD" in line]
    assert passfile.stat().st_mode & 0o777 == 0o600
    assert passfile.read_text("utf-8").splitlines() == [
        "postgres:*:*:lumbung_crawl:a\\:b\\\\c'\"$(id)",
        "postgres:*:*:airflow:%40/@ é",
    ]


def test_the_migration_settles_the_server_and_every_service_logs_in_with_its_own_rights(
    services: Services, server: Server, tmp_path: Path
) -> None:
    server.create_database("lumbung")
    secrets = {name: token_urlsafe(9) + "/:@ \\" for name in SECRETS} | {"POSTGRES_PASSWORD": server.password}

    def run(service: str, *command: str) -> str:
        """As a container does, with the throw-away server in the place of the one named postgres."""
        variables = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        for name, value in services[service]["environment"].items():
            known = re.sub(r"\$\{(\w+):\?[^}]*\}", lambda found: secrets[found[1]], str(value))
            there = re.sub(r"@postgres:5432/(\w+)", rf"@postgres:{server.port}/\1?hostaddr=127.0.0.1", known)
            variables[name] = there.replace("+psycopg2", "")
        variables["PGPASSFILE"] = str(tmp_path / service)
        entrypoint = [word.replace("$$", "$") for word in services[service]["entrypoint"]]
        words = [*entrypoint, sys.executable, *command]
        return subprocess.run(words, env=variables, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert run("migrate", "-m", "pipelines.stack.own_server").startswith("applied 0001_harvest")
    assert run("migrate", "-m", "pipelines.stack.own_server") == "the schema is up to date\n"
    who = "import os, psycopg2, sys; c = psycopg2.connect(os.environ[sys.argv[1]]).cursor();"
    who += "c.execute('select current_user || $$ $$ || rolsuper from pg_roles where rolname = current_user')"
    for service in ("scheduler", "first-harvest"):
        assert run(service, "-c", who + ";print(*c.fetchone())", "DATABASE_URL") == "lumbung_crawl false\n"
    for name, login in (("AIRFLOW_CONN_LUMBUNG", CRAWLS), ("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", METADATA)):
        assert run("dag-processor", "-c", who + ";print(*c.fetchone())", name) == f"{login} false\n"


def test_no_address_holds_a_password(services: Services) -> None:
    for name, service in services.items():
        for variable, value in service["environment"].items():
            assert not re.search(r"://[^/\s]*:[^/\s]*@", str(value)), f"{name}: {variable}"


def test_the_recipe_at_the_top_makes_every_secret(text: str, tmp_path: Path) -> None:
    if not shutil.which("openssl"):
        pytest.skip("the recipe needs openssl")
    head = [line.removeprefix("#") for line in text.splitlines() if line.startswith("#")]
    begin = next(number for number, line in enumerate(head) if "umask" in line)
    recipe = "\n".join(head[begin : begin + 4])
    subprocess.run(["sh", "-ec", recipe], cwd=tmp_path, check=True)
    made = dict(line.split("=", 1) for line in (tmp_path / ".env").read_text("utf-8").splitlines())
    assert set(made) == set(SECRETS)
    assert len(set(made.values())) == len(SECRETS)
    assert re.fullmatch(r"[\w-]{43}=", made["AIRFLOW_FERNET_KEY"])
    assert (tmp_path / ".env").stat().st_mode & 0o077 == 0


def test_ports_are_published_on_loopback_only(services: Services) -> None:
    assert {name for name, service in services.items() if service.get("ports")} == {"newsstand", "api-server"}
    published = [port for service in services.values() for port in service.get("ports", [])]
    assert all(re.match(r"127\.0\.0\.1:\$\{LUMBUNG_\w+_PORT:-\d+\}:", port) for port in published)
    assert all("network_mode" not in service for service in services.values())


def test_ports_are_those_of_make_up(text: str) -> None:
    defaults = set(re.findall(r"\$\{LUMBUNG_(\w+)_PORT:-(\d+)\}", text))
    assert defaults == {(name.upper(), str(port)) for name, port in PREFERRED.items() if name != "postgres"}


def test_what_runs_for_long_is_watched_and_started_again(services: Services) -> None:
    lasting = {name for name, service in services.items() if service.get("restart") == "unless-stopped"}
    assert lasting == {"postgres", "newsstand", "api-server", "scheduler", "dag-processor", "triggerer", "log-keeper"}
    for name in lasting:
        assert services[name]["healthcheck"]["test"], name


def test_nothing_starts_before_what_it_needs_is_well(services: Services) -> None:
    for name, service in services.items():
        for needed, how in service.get("depends_on", {}).items():
            lasting = services[needed].get("restart") == "unless-stopped"
            expected = "service_healthy" if lasting else "service_completed_successfully"
            assert how["condition"] == expected, f"{name} needs {needed}"


def test_no_service_has_more_rights_than_it_needs(services: Services) -> None:
    for name, service in services.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"], name
        assert not {"privileged", "cap_add", "pid", "ipc", "devices", "userns_mode"} & set(service), name
        assert not any("docker.sock" in str(volume) for volume in service.get("volumes", [])), name
        assert service.get("user", "") not in {"root", "0"}, name


def test_one_image_is_built_from_the_lock_and_runs_as_nobody_special(services: Services) -> None:
    built = [service for service in services.values() if "build" in service]
    assert len(built) == 1
    lines = built[0]["build"]["dockerfile_inline"].strip().splitlines()
    assert lines[0].startswith("FROM ${PYTHON_IMAGE:-python:3.")
    assert lines[-1] == "USER 10001"
    assert any("--require-hashes --no-deps -r /requirements.lock" in line for line in lines)
    ours = [service for service in services.values() if service["image"] == built[0]["image"]]
    assert {service["pull_policy"] for service in ours} == {"build", "never"}
    assert len(ours) == len(services) - 1


def test_the_image_gets_code_and_nothing_else() -> None:
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    taken = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    assert taken == {
        "dags",
        "pipelines",
        "seeds",
        "spiders",
        "LICENSE",
        "README.md",
        "pyproject.toml",
        "requirements.lock",
    }


def test_secrets_stay_out_of_git() -> None:
    assert ".env" in (ROOT / ".gitignore").read_text("utf-8").splitlines()


def test_dags_and_publishers_it_names_exist(text: str, services: Services) -> None:
    dags = {f"crawl_{key}" for key in load_publishers()} | {path.stem for path in (ROOT / "dags").glob("*.py")}
    assert {CRAWL, DEDUPLICATE} <= set(re.findall(r"\b(?:crawl_\w+|deduplicate)\b", text)) <= dags
    homes = {name for name in services["scheduler"]["environment"] if name.startswith("LUMBUNG_HOME_")}
    assert homes == {f"LUMBUNG_HOME_{CRAWL.removeprefix('crawl_').upper()}"}


def test_airflow_is_set_up_as_make_up_does(services: Services, tmp_path: Path) -> None:
    state = State.new()
    state.ports = dict(PREFERRED)
    there = environment(
        Home(tmp_path), state, {"DATABASE_URL": "postgresql://there/lumbung"}, "postgresql://there/airflow"
    )
    here = services["scheduler"]["environment"]
    assert airflow_settings(here) == airflow_settings(there)
    for name in airflow_settings(here) - DIFFERENT:
        assert str(here[name]) == there[name], name


def airflow_settings(variables: dict[str, Any]) -> set[str]:
    return {name for name in variables if name.startswith("AIRFLOW")}


def test_compose_accepts_the_file(docker_compose: list[str], tmp_path: Path) -> None:
    done = config(docker_compose, tmp_path, dict.fromkeys(SECRETS, "x"))
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("missing", SECRETS)
def test_compose_refuses_to_start_without_a_secret(docker_compose: list[str], tmp_path: Path, missing: str) -> None:
    done = config(docker_compose, tmp_path, {name: "x" for name in SECRETS if name != missing})
    assert done.returncode != 0
    assert missing in done.stderr
    assert "make a .env first" in done.stderr
