"""Fields that are picked from what the fleet has: "Struct.field" -> what is picked, see ``read.pickers``."""

PICKERS = {
    "AntivirusProduct.name": "antivirus",
    "ProhibitedSoftware.name": "software",
    "Alternative.name": "software",
    "SpecifiedUpdate.product": "software",
    "SpecifiedProductPack.product": "software",
    "ProhibitedSoftware.publisher": "publisher",
    "Alternative.publisher": "publisher",
    "ServiceCondition.name": "service",
    "ProhibitedSoftware.os": "os",
    "MandatoryGroup.os": "os",
    "SpecifiedUpdate.os": "os",
    "SpecifiedPack.os": "os",
    "ServiceCondition.os": "os",
    "OutsideCheck.os": "os",
    "UserCondition.class": "class",
    "UserCondition.property": "property",
    "ModelPc.pc": "pc",
}
