"""A new version of check-in can be tried on a tenth of the check-ins. The emulator has no CodeDeploy, so this looks at
what SAM makes of the template: whether everything is there that tries a version and takes it back."""

import json
import os
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

from cloud import setting
from stack import deployable
from test_template import ordered

# SAM's own translator, in the environment that SAM is installed in.
TRANSFORM = """
import json, sys
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

path, parameters = sys.argv[1], json.loads(sys.argv[2])
template = yaml_parse(open(path, encoding="utf-8").read())
for name, resource in template["Resources"].items():
    if resource["Type"] == "AWS::Serverless::Function":
        resource["Properties"]["CodeUri"] = f"s3://artifacts/{name}"
print(json.dumps(transform(template, parameters, type("Policies", (), {"load": staticmethod(dict)}))))
"""


@cache
def transformed(canary: str) -> dict[str, Any]:
    """The resources that CloudFormation is given."""
    python = Path(setting("SAM")).with_name("python")
    parameters = json.dumps({"Canary": canary, "AWS::Region": "eu-south-1", "AWS::Partition": "aws"})
    command = [python, "-c", TRANSFORM, deployable(), parameters]
    done = subprocess.run(command, text=True, capture_output=True, check=False, env=os.environ)
    assert done.returncode == 0, done.stderr
    resources: dict[str, Any] = json.loads(done.stdout)["Resources"]
    return resources


def test_a_canary_has_what_moves_the_traffic_and_what_takes_it_back() -> None:
    resources = transformed("true")
    alias = resources["CheckInFunctionAliaslive"]
    moved_by = alias["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
    group = resources[moved_by["DeploymentGroupName"]["Ref"]]["Properties"]
    assert moved_by["ApplicationName"] == group["ApplicationName"] == {"Ref": "ServerlessDeploymentApplication"}
    assert resources["ServerlessDeploymentApplication"]["Properties"]["ComputePlatform"] == "Lambda"
    assert "Canary10Percent10Minutes" in json.dumps(group["DeploymentConfigName"])
    assert {"DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"} <= set(group["AutoRollbackConfiguration"]["Events"])
    assert group["AutoRollbackConfiguration"]["Enabled"] is True
    [role] = group["ServiceRoleArn"]["Fn::GetAtt"][:1]
    assert "codedeploy.amazonaws.com" in json.dumps(resources[role]["Properties"]["AssumeRolePolicyDocument"])
    assert "AWSCodeDeployRoleForLambda" in json.dumps(resources[role]["Properties"]["ManagedPolicyArns"])


def test_the_alarm_of_a_canary_sees_the_new_version_and_no_other() -> None:
    resources = transformed("true")
    group = resources["CheckInFunctionDeploymentGroup"]["Properties"]
    assert group["AlarmConfiguration"] == {"Enabled": True, "Alarms": [{"Name": {"Ref": "CheckInVersionAlarm"}}]}
    dimensions = resources["CheckInVersionAlarm"]["Properties"]["Dimensions"]
    version = resources["CheckInFunctionAliaslive"]["Properties"]["FunctionVersion"]
    assert {one["Name"]: one["Value"] for one in dimensions} == {
        "FunctionName": {"Ref": "CheckInFunction"},
        "Resource": {"Fn::Sub": "${CheckInFunction}:live"},
        "ExecutedVersion": version,
    }


def test_everything_that_calls_check_in_calls_the_version_that_is_live() -> None:
    resources = transformed("true")
    operations = [
        operation
        for methods in resources["Api"]["Properties"]["Body"]["paths"].values()
        for operation in methods.values()
        if "CheckInFunction" in json.dumps(operation)
    ]
    assert len(operations) == 7
    assert all("${CheckInFunctionAliaslive}" in json.dumps(operation) for operation in operations)
    assert resources["CheckInUrl"]["Properties"]["Qualifier"] == "live"
    permissions = [
        resource["Properties"]["FunctionName"]
        for resource in resources.values()
        if resource["Type"] == "AWS::Lambda::Permission" and "CheckInFunction" in json.dumps(resource)
    ]
    assert len(permissions) == 9
    assert all(name == {"Ref": "CheckInFunctionAliaslive"} for name in permissions)


def test_a_stack_with_a_canary_can_be_created_and_one_without_has_no_part_of_it() -> None:
    assert len(ordered(transformed("true"))) == len(transformed("true"))
    only = set(transformed("true")) - set(transformed("false"))
    assert only == {"CheckInFunctionDeploymentGroup", "CodeDeployServiceRole", "ServerlessDeploymentApplication"}
    assert "UpdatePolicy" not in transformed("false")["CheckInFunctionAliaslive"]


def test_what_check_in_is_told_makes_a_new_version() -> None:
    """A version keeps the variables that it was published with, so its description names those that change it."""
    resources = transformed("false")
    version = resources["CheckInFunctionAliaslive"]["Properties"]["FunctionVersion"]["Fn::GetAtt"][0]
    described = json.dumps(resources[version]["Properties"]["Description"])
    variables = resources["CheckInFunction"]["Properties"]["Environment"]["Variables"]
    for parameter in ("DomainName", "BaseUrl"):
        assert parameter in described and parameter in json.dumps(variables["BASE_URL"])
    # Another table is imported under the same name when one is restored.
    assert variables["TABLE_NAME"] == {"Ref": "Table"}
    assert "${Table}" in described
    assert variables["REFUSALS_SUSPENDED"] == {"Ref": "RefusalsSuspended"}
    assert "${RefusalsSuspended}" in described
