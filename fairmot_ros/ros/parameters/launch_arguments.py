"""Launch arguments that override node parameters, shared by all launch files."""

from fairmot_ros.ros.parameters.nodes import FairmotParameters

#: Parameters that can be given as launch arguments, which take precedence over the params_file.
OVERRIDES = ('image_transport', 'weights', 'device')


def override_arguments() -> list[tuple[str, str, str]]:
    """Return name, default and description of each argument; empty keeps the file's value."""
    settings = FairmotParameters.settings()
    return [
        (name, '', f'{settings[name].description}; empty: as in the params_file')
        for name in OVERRIDES
    ]
