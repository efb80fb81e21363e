"""The language in which an area is described (关区配置): its parts, how it is loaded, the names that it uses."""
