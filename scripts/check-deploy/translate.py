"""Standard input: a SAM template in JSON. Standard output: what AWS would make of it, by AWS's own translator."""

import json
import sys

from samtranslator.translator.transform import transform


class NoManagedPolicies:
    """The template names no policies of AWS by their short names."""

    def load(self):
        return {}


json.dump(transform(json.load(sys.stdin), {}, NoManagedPolicies()), sys.stdout)
