"""The command line ``reach …``: the same analysis as on the pages."""

from typer.core import TyperCommand

from commands.access import access_command
from commands.compare_areas import compare_areas_command
from commands.console import new_group, use_plain_spelling
from commands.dashboard import app_command
from commands.data import data_commands
from commands.find import find_command
from commands.gaps import gaps_command
from commands.layers import layer_commands
from commands.matrix import matrix_command
from commands.near import near_command
from commands.outing import visit_command
from commands.output import keep_for_ourselves, last_flush
from commands.people import people_commands
from commands.place import place_command
from commands.report import report_commands
from commands.route import route_command
from commands.scenario import scenario_commands
from commands.sites import sites_command
from commands.store import store_commands

app = new_group("Who can reach help for babies and parents, on real streets.")
app.command("app", cls=TyperCommand)(app_command)  # this command is meant to print the server's own messages
app.add_typer(data_commands, name="data")
app.command("find")(find_command)
app.command("access")(access_command)
app.command("sites")(sites_command)
app.command("near")(near_command)
app.command("visit")(visit_command)
app.command("route")(route_command)
app.command("matrix")(matrix_command)
app.add_typer(layer_commands, name="layers")
app.add_typer(report_commands, name="report")
app.command("gaps")(gaps_command)
app.add_typer(scenario_commands, name="scenario")
app.command("place")(place_command)
app.add_typer(store_commands, name="store")
app.add_typer(people_commands, name="people")
app.command("compare-areas")(compare_areas_command)


def main() -> None:
    """Run the command line."""
    keep_for_ourselves()
    use_plain_spelling()
    with last_flush():
        app(prog_name="reach")


if __name__ == "__main__":
    main()
