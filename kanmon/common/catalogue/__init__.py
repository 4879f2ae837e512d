"""The messages themselves, one file a subject. See ``kanmon.common.messages``."""
