"""Local messages (地方报文): written from a parcel's facts, checked, read back."""
