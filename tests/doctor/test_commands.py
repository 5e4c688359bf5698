"""Commands of the platform are for dynos; elsewhere there is another, or none."""

from pytest_django import Settings

from chatapp.doctor.commands import config, heroku


def test_commands_depend_on_where_the_app_runs(settings: Settings) -> None:
    settings.ON_DYNO = False
    assert heroku("ps:restart") == ""
    assert heroku("run this", "this") == "this"
    assert config("A=1") == "A=1 make run"

    settings.ON_DYNO = True
    assert heroku("run this", "this") == "heroku run this"
    assert config("A=1") == "heroku config:set A=1"
