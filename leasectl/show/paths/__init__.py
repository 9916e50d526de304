"""kubectl's output expressions: `-o jsonpath=`, `jsonpath-as-json=`, `custom-columns=` and `--sort-by`.

None of jsonpath-ng, python-jsonpath and jsonpath-rfc9535 serves: they speak RFC 9535 or Goessner's JSONPath, not
kubectl's templates (text around braces, range and end, unions of paths), its comparisons, its errors or Go's printing.

Safety rule: a document is whatever somebody stored in a cluster. However it is nested and whatever the template makes
of it, the answer is text or a PathError, within bounded steps.
"""
