"""Launch arguments that override parameters of the node, alike in every launch file."""

from fairmot_ros.ros.parameters.nodes import NodeParameters

#: Given, they outrank the params_file.
OVERRIDES = ('image_transport', 'weights', 'device')


def override_arguments() -> list[tuple[str, str, str]]:
    """Return name, default and description of each; an empty value leaves it to the file."""
    settings = NodeParameters.settings()
    return [
        (name, '', f'{settings[name].description}; as in the params_file if empty')
        for name in OVERRIDES
    ]
