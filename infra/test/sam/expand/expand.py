"""Expand template.yaml as AWS does when it deploys: prints the CloudFormation
template that the SAM translator makes of it, with the parameters' defaults."""

import json
import sys

from samcli.yamlhelper import yaml_parse
from samtranslator.translator.transform import transform


class NoManagedPolicies:
    """The translator asks the account for the names of managed policies; the
    template uses none."""

    def load(self):
        return {}


with open(sys.argv[1], encoding="utf-8") as f:
    template = yaml_parse(f.read())
# Packaging would have put the code into a bucket by now.
for resource in template["Resources"].values():
    if "CodeUri" in resource.get("Properties", {}):
        resource["Properties"]["CodeUri"] = "s3://bucket/key"


def default(parameter):
    """A list comes to the translator as a list."""
    if parameter["Type"] == "CommaDelimitedList":
        return parameter["Default"].split(",")
    return parameter["Default"]


values = {name: default(p) for name, p in template["Parameters"].items()}
json.dump(transform(template, values, NoManagedPolicies()), sys.stdout)
