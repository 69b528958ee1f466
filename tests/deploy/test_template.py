"""What SAM makes of the template can be created in some order."""

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from re import findall
from typing import Any

import pytest

from stack import Stack


def ordered(resources: dict[str, Any]) -> list[str]:
    """An order in which CloudFormation can create resources, each after those that it refers to."""
    needs = {name: [one for one in referred(resource) if one in resources] for name, resource in resources.items()}
    return list(TopologicalSorter(needs).static_order())


def referred(value: Any) -> Iterator[str]:
    """The logical ids that stand somewhere in a value."""
    if isinstance(value, list):
        for one in value:
            yield from referred(one)
    if not isinstance(value, dict):
        return
    for key, one in value.items():
        if key == "Ref":
            yield one
        elif key == "DependsOn":
            yield from [one] if isinstance(one, str) else one
        elif key == "Fn::GetAtt":
            yield one.partition(".")[0] if isinstance(one, str) else one[0]
        elif key == "Fn::Sub":
            text, names = (one, {}) if isinstance(one, str) else one
            yield from (name for name in findall(r"\$\{(\w+)[.}]", text) if name not in names)
            yield from referred(names)
        else:
            yield from referred(one)


def test_no_resource_refers_to_itself_by_way_of_others(stack: Stack) -> None:
    resources = stack.processed()["Resources"]
    order = ordered(resources)
    # SAM made more of the template than it says, and functions come before the API that calls them.
    assert len(order) == len(resources) > 50
    assert order.index("CheckInFunctionRole") < order.index("CheckInFunction") < order.index("Api")


def test_a_function_that_names_its_own_api_would_be_found(stack: Stack) -> None:
    resources = stack.processed()["Resources"]
    function = resources["CheckInFunction"]
    address = {"ADDRESS": {"Fn::Sub": "https://${Api}.execute-api.${AWS::Region}.amazonaws.com"}}
    changed = {**function, "Properties": {**function["Properties"], "Environment": {"Variables": address}}}
    with pytest.raises(CycleError):
        ordered(resources | {"CheckInFunction": changed})
