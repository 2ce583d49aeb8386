"""Reading of a UIMA CAS as XMI, and of the XML that describes its types."""

from __future__ import annotations

from .....schema import DataError, Problem
from ..safe_xml import XmlElement, parse_xml
from .cas_structures import CasFile, FeatureStructure, Sofa, TypeSystem, as_integer

XMI = "http://www.omg.org/XMI"
"""The namespace of the root, and of ids."""
TYPES_ROOT = "typeSystemDescription"
_CAS = "http:///uima/cas.ecore"
_NO_PACKAGE = "uima.noNamespace."
_ECORE = "http:///"


def read_types(data: bytes, path: str) -> TypeSystem:
    """Read a description of types.

    Raises:
        DataError: It is another file, or not well-formed.
    """
    root = parse_xml(data, path)
    if root.name != TYPES_ROOT:
        fix = "export the file with its TypeSystem.xml"
        raise DataError(Problem(f"the root is <{root.name}>, not a description of types", fix, path, root.line))
    types = TypeSystem()
    for described in root.descendants():
        if described.name != "typeDescription":
            continue
        name = (described.text_of("name") or "").strip()
        types.parents[name] = (described.text_of("supertypeName") or "").strip()
        features = described.find("features")
        types.ranges[name] = {
            (feature.text_of("name") or "").strip(): (feature.text_of("rangeTypeName") or "").strip()
            for feature in (features.children if features is not None else ())
        }
    return types


def read_cas_xmi(data: bytes, path: str, types: TypeSystem | None) -> CasFile:
    """Read XMI.

    Args:
        data: The file.
        path: Its path, for messages.
        types: The types of its feature structures; without them, features are strings.

    Raises:
        DataError: It is not XMI of a CAS, an id is not a number, or two structures have the same.
    """
    root = parse_xml(data, path)
    if root.name != "XMI" or root.namespace != XMI:
        fix = "export the annotations as UIMA CAS XMI"
        raise DataError(Problem(f"the root is <{root.name}>, not XMI", fix, path, root.line))
    cas = CasFile(path, types=types)
    views: dict[int, set[int]] = {}
    for element in root.children:
        if element.namespace == _CAS and element.name == "View":
            members = element.attributes.get("members", "").split()
            ids = {as_integer(member) for member in members}
            if None in ids:
                raise DataError(Problem("a member of the view is not an id", "", path, element.line))
            views.setdefault(_number(element, "sofa", path), set()).update(
                number for number in ids if number is not None
            )
        elif element.namespace == _CAS and element.name == "Sofa":
            name = element.attributes.get("sofaID", "")
            text = element.attributes.get("sofaString")
            cas.sofas.append(Sofa(_number(element, f"{{{XMI}}}id", path), name, text))
        elif not (element.namespace == _CAS and element.name == "NULL"):
            cas.add(_structure(element, path, types))
    for sofa in cas.sofas:
        sofa.members = views.get(sofa.id, set() if views else None)
    return cas


def _structure(element: XmlElement, path: str, types: TypeSystem | None) -> FeatureStructure:
    package = element.namespace.removeprefix(_ECORE).removesuffix(".ecore").replace("/", ".")
    name = f"{package}.{element.name}".removeprefix(_NO_PACKAGE)
    features: dict[str, object] = {}
    for child in element.children:  # an array of strings
        values = features.setdefault(child.name, [])
        if isinstance(values, list):
            values.append(child.text)
    for key, value in element.attributes.items():
        if not key.startswith("{"):
            features[key] = value if types is None else types.typed(name, key, value)
    return FeatureStructure(_number(element, f"{{{XMI}}}id", path), name, features, element.line)


def _number(element: XmlElement, attribute: str, path: str) -> int:
    number = as_integer(element.attributes.get(attribute))
    if number is None:
        shown = attribute.rpartition("}")[2]
        stated = element.attributes.get(attribute)
        what = f"<{element.name}> has no {shown}" if stated is None else f"the {shown} {stated[:30]!r} is not a number"
        raise DataError(Problem(what, "export the file again", path, element.line))
    return number
