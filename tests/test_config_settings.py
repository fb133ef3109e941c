"""Settings come from the environment, arguments win, and a wrong one is named."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path

import pytest

from config.declaration import DeclarationError
from config.settings import Settings, read


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"VEDETTE_{name.upper()}", raising=False)


def test_defaults() -> None:
    settings = read()
    assert settings.home == Path("data")
    assert settings.model == "bundled"
    assert settings.allow_networks == ()
    assert settings.alert_backfill_days == 7
    assert settings.timezone == "Asia/Shanghai"
    assert "+https://" in settings.user_agent


def test_environment_is_read_and_arguments_win(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VEDETTE_HOME", "/from/environment")
    monkeypatch.setenv("VEDETTE_ALLOW_NETWORKS", "127.0.0.0/8, ::1/128")
    monkeypatch.setenv("VEDETTE_SMTP_STARTTLS", "false")
    settings = read(home=tmp_path, mirror=None)
    assert settings.home == tmp_path
    assert read().home == Path("/from/environment")
    assert settings.allow_networks == (ip_network("127.0.0.0/8"), ip_network("::1/128"))
    assert settings.smtp_starttls is False


def test_the_password_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEDETTE_SMTP_PASSWORD", "hunter2")
    settings = read()
    assert "hunter2" not in repr(settings)
    assert settings.smtp_password is not None
    assert settings.smtp_password.get_secret_value() == "hunter2"


@pytest.mark.parametrize(
    ("name", "value", "fix"),
    [
        ("SMTP_PORT", "mail", "Port of the relay"),
        ("ALLOW_NETWORKS", "127.0.0.1/8", "commas between"),
        ("TIMEZONE", "Asia/Nowhere", "IANA name"),
        ("ALERT_BACKFILL_DAYS", "-1", "days old"),
        ("DEPLOYMENT", "a b", "Name of this installation"),
    ],
)
def test_a_wrong_variable_is_named_with_its_fix(
    name: str, value: str, fix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"VEDETTE_{name}", value)
    with pytest.raises(DeclarationError) as caught:
        read()
    assert caught.value.file == "environment"
    assert caught.value.key == f"VEDETTE_{name}"
    assert fix in caught.value.fix
