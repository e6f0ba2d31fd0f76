"""English nouns, as far as names of resources need them. Knows nothing of resources."""

_IRREGULAR = {
    "people": "person",
    "children": "child",
    "men": "man",
    "women": "woman",
    "data": "datum",
    "media": "medium",
}


def singular(plural: str) -> str:
    """The singular of an English resource name, by its last word: `categories` → `category`."""
    head, joint, last = plural.rpartition("_")
    found = _IRREGULAR.get(last)
    if found is None:
        if last.endswith("ies") and len(last) > 4:
            found = last[:-3] + "y"
        elif last.endswith(("sses", "shes", "ches", "xes", "zes")):
            found = last[:-2]
        elif last.endswith("s") and not last.endswith(("ss", "us", "is", "news", "series")):
            found = last[:-1]
        else:
            found = last
    return head + joint + found
