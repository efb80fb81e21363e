"""Knowledge (知识库): what the desk learned, as articles that are found by what customs said before anybody reads a word.

An article has issue, environment, cause and resolution (Knowledge-Centered Service). It is drafted, reviewed by another
person, published, and one day outdated; every version stays. Articles hold no personal data.
"""
