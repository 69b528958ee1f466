"""The real template, built and deployed by the real SAM, and completed where the emulator lacks something."""

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from cloud import REGION, client, setting
from front import Front

MAIL_FROM = "licenses@example.com"
STAFF = "vendor@example.com"
ACCOUNT = "000000000000"
# Types that the emulator does not know. Nothing else of the stack refers to such a resource.
UNKNOWN_TYPES = {"AWS::Cognito::ManagedLoginBranding"}


class Loader(yaml.SafeLoader):
    pass


@dataclass
class Route:
    """One route of the API."""

    method: str
    path: str
    function: str
    authorizer: bool


class Stack:
    """A deployed stack."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.parameters = {
            "Architecture": setting("ARCHITECTURE"),
            "MailFrom": MAIL_FROM,
            "MailIdentityArn": f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/example.com",
            "VendorStaff": STAFF,
        }

    def deploy(self, **changed: str) -> None:
        """Creates or updates the stack."""
        self.parameters |= changed
        overrides = [f"{name}={quoted(value)}" for name, value in self.parameters.items()]
        command = [setting("SAM"), "deploy", "--template-file", str(deployable()), "--stack-name", self.name]
        command += ["--resolve-s3", "--capabilities", "CAPABILITY_IAM", "--no-confirm-changeset"]
        command += ["--no-progressbar", "--parameter-overrides", *overrides]
        done = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        assert done.returncode == 0, done.stdout
        self.__dict__.pop("outputs", None)
        self.complete()

    @cached_property
    def outputs(self) -> dict[str, str]:
        stacks = client("cloudformation").describe_stacks(StackName=self.name)["Stacks"]
        return {output["OutputKey"]: output["OutputValue"] for output in stacks[0]["Outputs"]}

    def resources(self) -> list[dict[str, Any]]:
        pages = client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=self.name)
        return [resource for page in pages for resource in page["StackResourceSummaries"]]

    def physical(self, logical_id: str) -> str:
        """The name that a resource has in the account."""
        found = client("cloudformation").describe_stack_resource(StackName=self.name, LogicalResourceId=logical_id)
        return found["StackResourceDetail"]["PhysicalResourceId"]

    @property
    def api_host(self) -> str:
        return self.outputs["ApiUrl"].partition("://")[2]

    def front(self) -> Front:
        return Front(self.api_host)

    def fill_secrets(self) -> None:
        """Stores the keys that were made outside of the cloud."""
        for name in self.rings:
            text = (Path(setting("KEYS_FOLDER")) / f"{name}.json").read_text(encoding="utf-8")
            client("secretsmanager").put_secret_value(SecretId=f"{self.name}/{name}", SecretString=text)

    @property
    def rings(self) -> list[str]:
        """The secrets that the outputs tell the engineer to fill."""
        return [name.rpartition("/")[2] for name in self.outputs["SecretNames"].split(", ")]

    @property
    def functions(self) -> list[str]:
        resources = self.processed()["Resources"].items()
        return [name for name, resource in resources if resource["Type"] == "AWS::Lambda::Function"]

    def start_anew(self) -> None:
        """Lets functions read at once what they would read again within five minutes."""
        functions = client("lambda")
        for name in map(self.physical, self.functions):
            timeout = functions.get_function_configuration(FunctionName=name)["Timeout"]
            functions.update_function_configuration(FunctionName=name, Timeout=timeout)
            functions.get_waiter("function_updated_v2").wait(FunctionName=name, WaiterConfig={"Delay": 0.1})
            for alias in functions.list_aliases(FunctionName=name)["Aliases"]:
                version = functions.publish_version(FunctionName=name)["Version"]
                functions.update_alias(FunctionName=name, Name=alias["Name"], FunctionVersion=version)

    @contextmanager
    def every_minute(self, schedule: str) -> Iterator[None]:
        """A schedule with its own role, target and input, for whose usual time nobody waits."""
        scheduler = client("scheduler")
        found = scheduler.get_schedule(Name=self.physical(schedule))
        kept = {name: found[name] for name in ("Name", "GroupName", "Target", "FlexibleTimeWindow", "State")}
        scheduler.update_schedule(**kept, ScheduleExpression="rate(1 minute)")
        yield
        scheduler.update_schedule(**kept, ScheduleExpression=found["ScheduleExpression"])

    def suspend_refusals(self, suspended: bool) -> None:
        """`suspend` of infra/README.md: no build, and everything else as it was."""
        formation = client("cloudformation")
        [deployed] = formation.describe_stacks(StackName=self.name)["Stacks"]
        others = {parameter["ParameterKey"] for parameter in deployed["Parameters"]} - {"RefusalsSuspended"}
        parameters = [{"ParameterKey": name, "UsePreviousValue": True} for name in sorted(others)]
        parameters.append({"ParameterKey": "RefusalsSuspended", "ParameterValue": str(suspended).lower()})
        capabilities = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
        formation.update_stack(
            StackName=self.name, UsePreviousTemplate=True, Capabilities=capabilities, Parameters=parameters
        )
        formation.get_waiter("stack_update_complete").wait(StackName=self.name, WaiterConfig={"Delay": 0.1})
        self.complete()

    def measured(self, metric: str, **dimensions: str) -> int | None:
        """The newest value of a metric, from the log lines that CloudWatch makes its metrics of."""
        logs = client("logs").filter_log_events(logGroupName=self.physical("Logs"), filterPattern="CloudWatchMetrics")
        for line in (json.loads(event["message"]) for event in reversed(logs["events"])):
            directives = line["_aws"]["CloudWatchMetrics"]
            ours = [one for one in directives if one["Namespace"] == f"CloudLicensing/{self.name}"]
            names = {name["Name"] for one in ours for name in one["Metrics"]}
            if metric in names and dimensions.items() <= line.items():
                value: int = line[metric]
                return value
        return None

    def complete(self) -> None:
        """Does what CloudFormation would do and the emulator does not."""
        self.make_routes()
        # It asks for the action on every identity at once, whatever the sender's is.
        self.grant("SendMailFunction", "ses:SendRawEmail", "*")

    def grant(self, function: str, action: str, resource: str) -> None:
        """Adds to what a function's role allows."""
        statement = {"Effect": "Allow", "Action": action, "Resource": resource}
        document = {"Version": "2012-10-17", "Statement": [statement]}
        self.put_policy(self.physical(f"{function}Role"), action.replace(":", "-"), document)

    def put_policy(self, role: str, name: str, document: dict[str, Any]) -> None:
        client("iam").put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))

    def make_routes(self) -> None:
        """Makes the routes that SAM writes into the API's OpenAPI body, which the emulator does not read."""
        api = client("apigatewayv2")
        api_id = self.physical("Api")
        for old in api.get_routes(ApiId=api_id)["Items"]:
            api.delete_route(ApiId=api_id, RouteId=old["RouteId"])
        authorizer = self.authorizer(api, api_id)
        routes = self.routes()
        functions = {route.function for route in routes}
        integrations = {function: self.integration(api, api_id, function) for function in functions}
        for route in routes:
            secured = {"AuthorizationType": "NONE"}
            if route.authorizer:
                secured = {"AuthorizationType": "JWT", "AuthorizerId": authorizer}
            key = route.path if route.path == "$default" else f"{route.method} {route.path}"
            target = f"integrations/{integrations[route.function]}"
            api.create_route(ApiId=api_id, RouteKey=key, Target=target, **secured)

    def routes(self) -> list[Route]:
        """What SAM wrote into the API's OpenAPI body."""
        document = self.processed()["Resources"]["Api"]["Properties"]["Body"]
        assert list(document["components"]["securitySchemes"]) == ["Portal"]
        return [
            Route(
                verb(method),
                path.removeprefix("/") if path == "/$default" else path,
                function_of(operation["x-amazon-apigateway-integration"]["uri"]),
                any("Portal" in scheme for scheme in operation.get("security", [])),
            )
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
        ]

    def processed(self) -> dict[str, Any]:
        body = client("cloudformation").get_template(StackName=self.name, TemplateStage="Processed")["TemplateBody"]
        return yaml.load(body, Loader) if isinstance(body, str) else body

    def authorizer(self, api: Any, api_id: str) -> str:
        """The issuer and audience that the functions are told are those that the template gives the authorizer."""
        for old in api.get_authorizers(ApiId=api_id)["Items"]:
            api.delete_authorizer(ApiId=api_id, AuthorizerId=old["AuthorizerId"])
        environment = self.environment("PortalFunction")
        made = api.create_authorizer(
            ApiId=api_id,
            Name="Portal",
            AuthorizerType="JWT",
            IdentitySource=["$request.header.Authorization"],
            JwtConfiguration={
                "Issuer": environment["OPENID_ISSUER"],
                "Audience": [environment["OPENID_CLIENT_ID"]],
            },
        )
        return made["AuthorizerId"]

    def integration(self, api: Any, api_id: str, function: str) -> str:
        lambdas = client("lambda")
        name = self.physical(function)
        aliases = lambdas.list_aliases(FunctionName=name)["Aliases"]
        arn = lambdas.get_function(FunctionName=name)["Configuration"]["FunctionArn"]
        arn = next((alias["AliasArn"] for alias in aliases), arn)
        made = api.create_integration(
            ApiId=api_id, IntegrationType="AWS_PROXY", IntegrationUri=arn, PayloadFormatVersion="2.0"
        )
        return made["IntegrationId"]

    def environment(self, function: str) -> dict[str, str]:
        configuration = client("lambda").get_function_configuration(FunctionName=self.physical(function))
        return configuration["Environment"]["Variables"]


def quoted(value: str) -> str:
    """A value as SAM's command line reads it."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def function_of(uri: Any) -> str:
    """The logical id in `…/functions/${AccountFunction.Arn}/invocations`, or in `…/${CheckInFunctionAliaslive}/…`."""
    text = uri if isinstance(uri, str) else str(uri.get("Fn::Sub", uri))
    found = re.search(r"\$\{(\w+Function)(?:\.Arn|Aliaslive)\}|function:(\w+)", text)
    assert found, text
    return found[1] or found[2]


def verb(method: str) -> str:
    return "ANY" if method == "x-amazon-apigateway-any-method" else method.upper()


def deployable() -> Path:
    """The built template without what the emulator refuses."""
    built = Path(setting("BUILD_FOLDER")) / "template.yaml"
    template = yaml.load(built.read_text(encoding="utf-8"), Loader)
    resources = template["Resources"]
    template["Resources"] = {name: one for name, one in resources.items() if one["Type"] not in UNKNOWN_TYPES}
    path = built.with_name("deployable.yaml")
    path.write_text(yaml.safe_dump(template, sort_keys=False), encoding="utf-8")
    return path


def short_form(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> Any:
    """`!Ref X` as `{Ref: X}` and `!Sub X` as `{Fn::Sub: X}`."""
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


yaml.add_multi_constructor("!", short_form, Loader)
