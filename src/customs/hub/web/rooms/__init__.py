"""The rooms of the console (控制台页面): each module has the pages of one concern, and is one row of ``console.ROOMS``."""
